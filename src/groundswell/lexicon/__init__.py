"""Rules as TOML, one folder a language, each rule with match and reject examples."""
