package ingest

import "net/url"

// CallKey names a call of a source in addresses and lists: the id alone could be
// another source's, too.
func CallKey(source, id string) string { return url.PathEscape(source) + "/" + url.PathEscape(id) }

// CallSubject names a call, by its key, in what people write about it, and so
// for whoever erases that.
func CallSubject(key string) string { return "call:" + key }
