package disk

// SyncDir does nothing: Windows writes directories through and cannot sync them.
func (Machine) SyncDir(string) error { return nil }
