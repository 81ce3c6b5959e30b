package journal

// SyncDir does nothing: Windows writes directories through and cannot sync them.
func (osFS) SyncDir(string) error { return nil }
