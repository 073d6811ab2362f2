"""json_schema: what a config may say, in the words editors know: JSON Schema, draft 2020-12."""
