package asterisk

import (
	"strings"
	"time"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/source"
)

// field is a column of a call detail record.
type field int

const (
	ignored field = iota
	accountCode
	src
	dst
	context
	clid
	channel
	dstChannel
	lastApp
	lastData
	start
	answer
	end
	duration
	billsec
	disposition
	amaFlags
	uniqueID
	userField
	peerAccount
	linkedID
	sequence
	did
	recording
	cnum
	cnam
	outboundNumber
	outboundName
	dstName
	fieldCount
)

// columnNames are the names by which headers and the option columns call the
// fields: those of Asterisk's CDR variables and of FreePBX's table.
var columnNames = map[string]field{
	"accountcode": accountCode, "src": src, "dst": dst, "dcontext": context, "clid": clid,
	"channel": channel, "dstchannel": dstChannel, "lastapp": lastApp, "lastdata": lastData,
	"start": start, "calldate": start, "answer": answer, "answerdate": answer, "end": end, "hangupdate": end,
	"duration": duration, "billsec": billsec, "disposition": disposition, "amaflags": amaFlags,
	"uniqueid": uniqueID, "userfield": userField, "peeraccount": peerAccount, "linkedid": linkedID, "sequence": sequence,
	"did": did, "recordingfile": recording, "cnum": cnum, "cnam": cnam,
	"outbound_cnum": outboundNumber, "outbound_cnam": outboundName, "dst_cnam": dstName,
}

var (
	baseColumns = []field{accountCode, src, dst, context, clid, channel, dstChannel, lastApp, lastData,
		start, answer, end, duration, billsec, disposition, amaFlags}
	newColumns = []field{peerAccount, linkedID, sequence}
)

// optional is the place of the first optional column in Master.csv.
const optional = 16

// layout says which column holds which field.
type layout []field

// master gives the layout of a Master.csv row of n columns, or nil. Where one
// of the two optional columns is there, only tells which.
func master(n int, only field) layout {
	var l layout
	switch n {
	case 16, 19:
		l = append(l, baseColumns...)
	case 17, 20:
		l = append(append(l, baseColumns...), only)
	case 18, 21:
		l = append(append(l, baseColumns...), uniqueID, userField)
	default:
		return nil
	}
	if n >= 19 {
		l = append(l, newColumns...)
	}
	return l
}

// layouts knows the layout of rows by their number of columns. A Master.csv
// may change its width where the PBX was reconfigured, so rows of another
// width than most are read too, but only if the id of their call looks like
// one: a row that lost some columns must not be read as a narrower kind.
type layouts struct {
	byCount map[int]layout
	usual   int // the number of columns that the first rows have, 0 where there are none yet
	strict  bool
}

func (l *layouts) of(row []string) layout {
	found := l.byCount[len(row)]
	if found == nil || len(row) == l.usual || l.usual == 0 {
		return found
	}
	if l.strict {
		return nil
	}
	for i, f := range found {
		if f == linkedID || f == uniqueID {
			if _, ok := epoch(row[i]); !ok {
				return nil
			}
		}
	}
	return found
}

// readLayout settles the columns from the option and the first rows, and says
// how much of the input's front is a header, and what separates columns.
func readLayout(option string, head []byte) (l layouts, comma byte, headerSize int, err error) {
	first, mark, size := header(head)
	if comma, fields, ok := headerRow(first); ok {
		return layouts{byCount: map[int]layout{len(fields): fields}, usual: len(fields), strict: true}, comma, mark + size, nil
	}
	switch option {
	case "auto", "uniqueid", "userfield":
	default:
		fields, err := named(option)
		return layouts{byCount: map[int]layout{len(fields): fields}, usual: len(fields), strict: true}, ',', mark, err
	}
	rows := sampleOf(head[mark:], ',')
	only := columnNames[option] // ignored for auto
	if only == ignored {
		only = guess(rows)
	}
	l = layouts{byCount: map[int]layout{}, usual: usualCount(rows)}
	for n := 16; n <= 21; n++ {
		l.byCount[n] = master(n, only)
	}
	return l, ',', mark, nil
}

// headerRow recognises the header of an export from a database.
func headerRow(line string) (comma byte, fields layout, ok bool) {
	for _, comma := range []byte{',', ';', '\t'} {
		row, closed := splitCSV(line, comma, nil)
		if !closed || len(row) < 6 {
			continue
		}
		seen := map[field]bool{}
		fields := make(layout, len(row))
		for i, name := range row {
			fields[i] = columnNames[strings.ToLower(strings.TrimSpace(name))]
			seen[fields[i]] = true
		}
		if seen[start] && seen[src] && seen[dst] && seen[disposition] && seen[billsec] {
			return comma, fields, true
		}
	}
	return 0, nil, false
}

// named reads a list of column names from the option columns.
func named(option string) (layout, error) {
	var l layout
	seen := map[field]bool{}
	for _, name := range strings.Split(option, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		f, ok := columnNames[name]
		if !ok && name != "-" {
			return nil, badOption("columns", option, "auto, uniqueid, userfield, accountcode,src,dst,…")
		}
		l = append(l, f)
		seen[f] = true
	}
	for _, f := range []field{start, dst, channel, disposition, billsec} {
		if !seen[f] {
			return nil, callpace.E(callpace.Invalid, "asterisk.option.columns", "value", option)
		}
	}
	return l, nil
}

// sampleOf gives the whole rows at the front of an input, up to a thousand.
func sampleOf(head []byte, comma byte) (rows [][]string) {
	text, cut := string(head), len(head) >= source.HeadSize-sampleSlack
	for len(rows) < 1000 {
		line, rest, ended := strings.Cut(text, "\n")
		if !ended && cut {
			break // cut off in its middle
		}
		if row, ok := splitCSV(strings.TrimSuffix(line, "\r"), comma, nil); ok && len(row) > 1 {
			rows = append(rows, row)
		}
		if text = rest; !ended {
			break
		}
	}
	return rows
}

// sampleSlack is more than a header takes away from a full head.
const sampleSlack = 4 << 10

// guess tells from the values what the one optional column is: ids of
// channels carry a time, "1362424276.2" or "pbx-1362424276.2".
func guess(rows [][]string) field {
	ids, others := 0, 0
	for _, row := range rows {
		if len(row) != 17 && len(row) != 20 {
			continue
		}
		if _, ok := epoch(row[optional]); ok {
			ids++
		} else {
			others++
		}
	}
	if others > ids {
		return userField
	}
	return uniqueID
}

func usualCount(rows [][]string) int {
	counts, best := map[int]int{}, 0
	for _, row := range rows {
		if len(row) >= 16 && len(row) <= 21 {
			counts[len(row)]++
		}
	}
	for n := 16; n <= 21; n++ {
		if counts[n] > counts[best] {
			best = n
		}
	}
	return best
}

// epoch gives the time inside a channel's id: when the channel was made. A
// name of the PBX may stand before it.
func epoch(id string) (at time.Time, ok bool) {
	if i := strings.LastIndexByte(id, '-'); i >= 0 {
		id = id[i+1:]
	}
	seconds, serial, ok := strings.Cut(id, ".")
	if !ok || len(seconds) < 8 || len(seconds) > 10 {
		return time.Time{}, false
	}
	var n int64
	for i := range len(seconds) {
		if seconds[i] < '0' || seconds[i] > '9' {
			return time.Time{}, false
		}
		n = n*10 + int64(seconds[i]-'0')
	}
	if serial == "" || strings.Trim(serial, "0123456789") != "" {
		return time.Time{}, false
	}
	return time.Unix(n, 0).UTC(), true
}
