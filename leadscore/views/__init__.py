"""views: results -> what people see; no arithmetic."""
