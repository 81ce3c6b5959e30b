package ingest

// Closing tells whether Close was called.
func (s *SharedFolder) Closing() bool { return s.closing.Err() != nil }

// DecodersVersion is what facts remember of how they were read.
const DecodersVersion = decodersVersion
