//! perijove.toml: parsed with spans, all mistakes at once.
