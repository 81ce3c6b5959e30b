package asterisk

import "strings"

// The directions of a call.
const (
	inbound  = "inbound"
	outbound = "outbound"
	internal = "internal"
)

// direction tells from the caller's leg where a call came from. A DID and the
// contexts that FreePBX gives to trunks are certain; else the numbers decide,
// and where they leave it open, the device that called.
func (a *callAssembler) direction(l *leg) string {
	from, to := sideOf(l.text[src], a.extensions), sideOf(l.text[dst], a.extensions)
	ourDevice := isLocal(l.text[channel]) || sideOf(l.text[cnum], a.extensions) == inside ||
		sideOf(peer(l.text[channel]), a.extensions) == inside
	switch {
	case l.text[did] != "", strings.HasPrefix(l.text[context], "from-trunk"),
		strings.HasPrefix(l.text[context], "from-pstn"), strings.HasPrefix(l.text[context], "from-did"):
		return inbound
	case from == nowhere && strings.HasPrefix(l.text[lastApp], "AppDial"):
		return outbound // the PBX was told to call
	case from == inside && to == outside:
		return outbound
	case from == inside:
		return internal
	case from == outside && to == outside && ourDevice:
		return outbound // shows the company's number as its own
	case from == outside:
		return inbound
	case to == outside && ourDevice:
		return outbound
	case to == outside, l.text[src] == "" && to == inside && !ourDevice:
		return inbound // withheld
	}
	return internal
}
