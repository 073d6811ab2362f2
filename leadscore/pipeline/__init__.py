"""pipeline: the flow from an export to a published result, one module per stage."""
