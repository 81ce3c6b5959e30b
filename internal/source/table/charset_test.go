package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/source"
)

func TestEncodings(t *testing.T) {
	const (
		croatian  = "ime,grad\nŽeljka Šćurić,Đakovo\n\"Čović, Ana\",Zagreb\n"
		ukrainian = "ім’я,місто\nЇжакевич Ґалаґан,Київ\n\"Щур, Єва\",Львів\n"
		persian   = "نام,شهر\nپژمان گلچین,تهران\n\"چمران, علی\",قم\n"
		chinese   = "姓名,城市\n张伟,北京\n\"王, 芳\",𠮷林\n"
		romanian  = "nume,oraș\nȘtefan Țăranu,Brăila\n\"Ion, Ana\",Iași\n"
		cedilla   = "nume,oraş\nŞtefan Ţăranu,Brăila\n\"Ion, Ana\",Iaşi\n" // what the old code pages have
	)
	f := func(encoding, mark, text string) {
		t.Helper()
		c, err := findCharset(encoding)
		require.NoError(t, err)
		want := readAll(t, Layout{}, text)
		require.Len(t, want, 3)
		data := []byte(mark)
		for _, r := range text {
			b, ok := c.exact(string(r))
			if !c.direct() {
				b = c.encode(string(r))
			}
			require.True(t, ok, "%s lacks %c", encoding, r)
			data = append(data, b...)
		}
		l := Layout{Encoding: encoding}
		if mark != "" {
			l.Encoding = ""
		}
		require.Equal(t, want, readAll(t, l, string(data)), encoding)
		crlf := strings.ReplaceAll(text, "\n", "\r")
		if mark == "" {
			require.Equal(t, want, readAll(t, l, string(c.encode(crlf))), encoding+" with CR")
		}
		for size := 1; size < 20; size++ {
			checkCuts(t, l, data, size, defaultLimits)
		}
	}
	for _, text := range []string{croatian, ukrainian, persian, chinese, romanian} {
		f("utf-8", "", text)
		f("utf-8", "\xef\xbb\xbf", text)
		f("utf-16le", "", text)
		f("utf-16le", "\xff\xfe", text)
		f("utf-16be", "", text)
		f("utf-16be", "\xfe\xff", text)
		f("gb18030", "", text)
	}
	f("windows-1250", "", croatian)
	f("iso-8859-2", "", croatian)
	f("IBM852", "", croatian)
	f("windows-1251", "", ukrainian)
	f("koi8-u", "", strings.ReplaceAll(ukrainian, "’", "'"))
	f("windows-1256", "", strings.ReplaceAll(persian, "ی", "ي"))
	f("gbk", "", strings.ReplaceAll(chinese, "𠮷", "吉"))
	f("big5", "", "姓名,城市\n張偉,北京\n\"王, 芳\",臺北\n")
	f("windows-1250", "", cedilla)
	f("iso-8859-16", "", romanian)
}

func TestEncodingFaults(t *testing.T) {
	f := func(l Layout, data string, want ...string) {
		t.Helper()
		require.Equal(t, want, readAll(t, l, data))
	}
	f(Layout{}, "a,b\n1,\x8aeljka\n", "table.unknown_encoding line=2")
	f(Layout{}, "a\x00,\x00b\x00\n\x00", "table.maybe_utf16")
	f(Layout{Encoding: "latin-9000"}, "a,b\n", "table.encoding_unsupported encoding=latin-9000")
	f(Layout{Encoding: "iso-2022-jp"}, "a,b\n", "table.encoding_unsupported encoding=iso-2022-jp")
	f(Layout{Encoding: "IBM037"}, "a,b\n", "table.encoding_unsupported encoding=IBM037")
	f(Layout{Encoding: "utf-8"}, "a,b\n1,\x8a\n1,2\n", "a|b", "2: invalid_encoding encoding=utf-8", "3: 1|2")
	f(Layout{Encoding: "utf-8"}, "a,\x8a\n1,2\n", "table.bad_header line=1")
	f(Layout{Encoding: "gb18030"}, "a,b\n1,\xff\n1,2\n", "a|b", "2: invalid_encoding encoding=gb18030", "3: 1|2")
	f(Layout{Encoding: "utf-16le"}, "a\x00,\x00b\x00\n\x001\x00,\x00\x00\xd8\n\x001\x00,\x002\x00\n\x00", "a|b",
		"2: invalid_encoding encoding=utf-16le", "3: 1|2")
	// A letter whose second byte in GB18030 is that of a bar or a backslash.
	f(Layout{Encoding: "gb18030", Delimiter: "|", Escape: `\`}, "a|b\n\x81\x7c|\"\x81\x5c\"\n", "a|b", "2: 亅|乗")
	// A delimiter beyond ASCII in a single-byte encoding.
	f(Layout{Encoding: "windows-1250", Delimiter: "§"}, "a\xa7b\n\x8a\xa72\n", "a|b", "2: Š|2")
	// Head ends within a letter.
	cut := "a,b\n" + strings.Repeat("xxx,y\n", source.HeadSize/6) // 4 bytes more than head
	cut = cut[:source.HeadSize-1] + "č,1\n"
	require.Equal(t, "a|b", readAll(t, Layout{}, cut)[0])
}
