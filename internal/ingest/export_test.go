package ingest

// Closing tells whether Close was called.
func (s *SharedFolder) Closing() bool { return s.closing.Err() != nil }
