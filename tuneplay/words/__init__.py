"""Words: facts in, sentences out. Every sentence that people read about a round is made here."""
