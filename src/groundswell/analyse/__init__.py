"""Text to triggers, mentions, roles and statements."""
