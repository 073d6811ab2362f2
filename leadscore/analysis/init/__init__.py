"""init: an export and no config -> a first config, commented, valid as written."""
