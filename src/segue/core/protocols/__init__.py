"""Wire formats: the only files that know `environ`, `scope` or RSGI."""
