"""One module per use-case, named verb_noun: load, call the core, save."""
