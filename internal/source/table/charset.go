package table

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"

	"github.com/callpace/callpace"
)

// charset is an encoding of text. UTF-8 and the single-byte encodings are
// scanned as they are; the others are turned into UTF-8 line by line first,
// because their bytes do not stand for characters one by one.
type charset struct {
	name   string
	enc    encoding.Encoding // nil for UTF-8
	single *[256]string      // of single-byte encodings: what each byte stands for
	wide   bool              // two-byte units (UTF-16)
	low    int               // offset of the low byte in a unit: 0 in little endian
}

var utf8Charset = charset{name: "utf-8"}

// direct tells whether bytes can be scanned as they are.
func (c *charset) direct() bool { return c.enc == nil || c.single != nil }

// marks are the byte order marks and what they stand for.
var marks = []struct{ mark, name string }{
	{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"}, {"\x84\x31\x95\x33", "gb18030"},
}

// detectCharset gives the encoding of an input from its byte order mark, else
// from the option, else UTF-8 where head is valid; mark is the length of the
// mark. whole says that nothing follows head.
func detectCharset(option string, head []byte, whole bool) (c charset, mark int, err error) {
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			c, err = findCharset(m.name)
			return c, len(m.mark), err
		}
	}
	if option != "" {
		c, err = findCharset(option)
		return c, 0, err
	}
	if sample := head[:min(len(head), 4096)]; bytes.Count(sample, []byte{0}) > len(sample)/4 {
		return c, 0, callpace.E(callpace.Invalid, "table.maybe_utf16")
	}
	if at := invalidUTF8(head); at >= 0 && (whole || at < len(head)-utf8.UTFMax) {
		return c, 0, callpace.E(callpace.Invalid, "table.unknown_encoding", "line", lineOf(head, at))
	}
	return utf8Charset, 0, nil
}

// findCharset gives the encoding of a name of the WHATWG or IANA registries.
func findCharset(name string) (charset, error) {
	unsupported := func() (charset, error) {
		return charset{}, callpace.E(callpace.Unsupported, "table.encoding_unsupported", "encoding", name)
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		if enc, err = ianaindex.IANA.Encoding(name); err != nil || enc == nil {
			return unsupported()
		}
	}
	canonical, err := htmlindex.Name(enc)
	if err != nil {
		canonical = strings.ToLower(strings.TrimSpace(name))
	}
	c := charset{name: canonical, enc: enc}
	switch canonical {
	case "utf-8":
		return utf8Charset, nil
	case "utf-16le":
		c.wide = true
	case "utf-16be":
		c.wide, c.low = true, 1
	case "gb18030", "gbk", "big5", "euc-jp", "shift_jis", "euc-kr": // their second bytes are never line ends
	default:
		m, ok := enc.(*charmap.Charmap)
		if !ok {
			return unsupported()
		}
		if c.single = singleByte(m); c.single == nil {
			return unsupported()
		}
	}
	return c, nil
}

// singleByte gives the table of m, or nil where its first half is not ASCII.
func singleByte(m *charmap.Charmap) *[256]string {
	var t [256]string
	for i := range t {
		r := m.DecodeByte(byte(i))
		if i < utf8.RuneSelf && r != rune(i) {
			return nil
		}
		t[i] = string(r)
	}
	return &t
}

// decode appends the UTF-8 of a text in a single-byte encoding.
func (c *charset) decode(dst, text []byte) []byte {
	from := 0
	for i, b := range text {
		if b >= utf8.RuneSelf {
			dst = append(append(dst, text[from:i]...), c.single[b]...)
			from = i + 1
		}
	}
	return append(dst, text[from:]...)
}

// encode gives text in the encoding; what it lacks becomes a question mark or
// the encoding's own substitute.
func (c *charset) encode(text string) []byte {
	if c.enc == nil {
		return []byte(text)
	}
	b, err := encoding.ReplaceUnsupported(c.enc.NewEncoder()).Bytes([]byte(text))
	if err != nil {
		return bytes.Repeat(c.encode("?"), utf8.RuneCountInString(text))
	}
	return b
}

// exact gives text in the encoding in which it is to be scanned; ok is false
// where the encoding lacks a character of it.
func (c *charset) exact(text string) (b []byte, ok bool) {
	if c.single == nil {
		return []byte(text), true
	}
	b, err := c.enc.NewEncoder().Bytes([]byte(text))
	return b, err == nil
}

// lineEnd gives the end of the first line of data, behind the newline, or 0 where
// it does not end.
func (c *charset) lineEnd(data []byte, newline byte) int {
	if !c.wide {
		return bytes.IndexByte(data, newline) + 1
	}
	for from := 0; ; {
		i := bytes.IndexByte(data[from:], newline)
		if i < 0 {
			return 0
		}
		at := from + i
		if at%2 == c.low && at-c.low+1 < len(data) && data[at+1-2*c.low] == 0 {
			return at - c.low + 2
		}
		from = at + 1
	}
}

// plain is text in UTF-8, and where its lines lie in the input: ends[i] is the
// offset behind line i.
type plain struct {
	text []byte
	ends []int
}

// offset gives the place in the input at which the line i begins.
func (p *plain) offset(i int) int {
	if i == 0 {
		return 0
	}
	return p.ends[i-1]
}

// plain decodes data line by line, so that line ends are the same in both; rest
// says that a last line without an end belongs to it.
func (c *charset) plain(data []byte, newline byte, rest bool) plain {
	dec := c.enc.NewDecoder()
	p := plain{text: make([]byte, 0, len(data)+len(data)/2)}
	for from := 0; from < len(data); {
		n := c.lineEnd(data[from:], newline)
		if n == 0 {
			if !rest {
				break
			}
			n = len(data) - from
		}
		p.text = c.decodeLine(dec, p.text, data[from:from+n])
		from += n
		p.ends = append(p.ends, from)
	}
	return p
}

func (c *charset) decodeLine(dec *encoding.Decoder, dst, line []byte) []byte {
	for {
		dec.Reset()
		n, _, err := dec.Transform(dst[len(dst):cap(dst)], line, true)
		if err == nil {
			return dst[:len(dst)+n]
		}
		// Only room can be short: what is invalid becomes U+FFFD.
		dst = append(dst, make([]byte, 3*len(line)+utf8.UTFMax)...)[:len(dst)]
	}
}

// invalidUTF8 gives the place of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

func lineOf(data []byte, at int) int { return bytes.Count(data[:at], []byte{'\n'}) + 1 }
