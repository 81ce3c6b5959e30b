package mapping

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/source"
)

func TestPatterns(t *testing.T) {
	f := func(format, text, want string) {
		t.Helper()
		formats, ok := namedDates[format]
		if !ok {
			p, ok := compile(format)
			require.True(t, ok, format)
			formats.patterns = p
		}
		var c civil
		hint := 0
		got := "none"
		if formats.read(source.ASCIIDigits(text), &c, &hint) {
			day, ok := c.dayOf("gregorian")
			if got = "no such day"; ok {
				got = facts.DateOf(day).Format("2006-01-02")
				if c.hasTime {
					got += time.Unix(int64(c.hour*3600+c.minute*60+c.second), int64(c.micro)*1000).UTC().Format(" 15:04:05.999999")
				}
				if c.hasOffset {
					got += time.Unix(0, 0).In(time.FixedZone("", c.offset)).Format(" -0700")
				}
			}
		}
		require.Equal(t, want, got, "%s by %s", text, format)
	}
	f("iso", "2026-03-02", "2026-03-02")
	f("iso", "2026-03-02T09:15:07.25Z", "2026-03-02 09:15:07.25 +0000")
	f("iso", "2026-03-02 09:15+03:30", "2026-03-02 09:15:00 +0330")
	f("iso", "20260302T091507", "2026-03-02 09:15:07")
	f("iso", "2026-02-29", "no such day")
	f("iso", "2026-03-02 9:61", "none")
	f("eu", "2.3.2026. 9:15", "2026-03-02 09:15:00")
	f("us", "3/2/2026 12:05 AM", "2026-03-02 00:05:00")
	f("us", "3/2/2026 1:05:09 pm", "2026-03-02 13:05:09")
	f("rfc2822", "Mon, 02 Mar 2026 09:15:07 GMT", "2026-03-02 09:15:07 +0000")
	f("rfc2822", "2 Mar 2026 09:15 -0500", "2026-03-02 09:15:00 -0500")
	f("YYMMDD", "990101", "1999-01-01")
	f("YYMMDD", "690101", "2069-01-01")
	f("YYMMDD", "99011", "none")
	f("YYYYMMDDHHmmss", "20260302091507", "2026-03-02 09:15:07")
	f("DD.MM.YYYY", "2.3.2026", "2026-03-02")
	f("YYYY/MM/DD", "۲۰۲۶/۰۳/۰۲", "2026-03-02")

	for _, bad := range []string{"", "YYYY", "YYYY-MM", "YYYY-MM-DD YYYY", "hh:mm", "[YYYY-MM-DD", "YYYY-MM-DD]", "ss", "H:mm A"} {
		p, ok := compile(bad)
		require.False(t, ok && (p[0].calendar || p[0].clock), bad)
	}
}

// Wherever the clock shows a time once, the answer is time.Date's; times
// skipped are moved forward, of times shown twice the first is taken.
func TestWallAgreesWithTheZone(t *testing.T) {
	for _, name := range []string{"Europe/Zagreb", "Asia/Tehran", "Pacific/Chatham", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns", "UTC"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		w := newWall(zone)
		rapid.Check(t, func(t *rapid.T) {
			local := rapid.Int64Range(0, 2_000_000_000).Draw(t, "local")
			if rapid.Bool().Draw(t, "near a change") {
				_, end := time.Unix(local, 0).In(zone).ZoneBounds()
				if !end.IsZero() {
					_, offset := end.Add(-time.Second).Zone()
					local = end.Unix() + int64(offset) + rapid.Int64Range(-7200, 7200).Draw(t, "by")
				}
			}
			r := w.instant(local)
			_, offset := time.Unix(r.utc, 0).In(zone).Zone()
			require.Equal(t, int64(offset), w.offset(r.utc))
			shown := r.utc + int64(offset)
			if r.note == gap {
				require.Greater(t, shown, local)
				return
			}
			require.Equal(t, local, shown)
			var earlier bool
			for _, d := range []int64{1800, 3600, 7200, 86400} {
				_, o := time.Unix(r.utc-d, 0).In(zone).Zone()
				earlier = earlier || r.utc-d+int64(o) == local
			}
			require.False(t, earlier, "an earlier instant shows the same time")
		})
	}
}

// Moments of a batch are those of facts.Clock.
func TestMomentsAreThoseOfTheClock(t *testing.T) {
	for _, name := range []string{"Europe/Zagreb", "Asia/Tehran", "Pacific/Chatham"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		clock := facts.NewClock(zone)
		s := newState(&plan{zones: []*time.Location{zone}})
		rapid.Check(t, func(t *rapid.T) {
			at := time.Unix(rapid.Int64Range(-1_000_000_000, 3_000_000_000).Draw(t, "at"), 0)
			want := clock.Moment(at)
			require.Equal(t, moment{at.UnixMicro(), want.Day, want.Hour}, s.at(at.Unix(), 0))
			day := facts.DateOf(want.Day)
			noon := clock.DayMoment(day.Year(), day.Month(), day.Day())
			require.Equal(t, noon.At.Unix(), s.org.instant(want.Day*86400+43200).utc)
			require.Equal(t, want.Day, civilDay(day.Year(), int(day.Month()), day.Day()))
		})
	}
}

func TestSharesAddUpToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(1, 999_999_999_999_999_999), 1, 20).Draw(t, "weights")
		var list []agentShare
		for _, w := range weights {
			list = append(list, agentShare{"a", amountOf(w)})
		}
		sum := int64(0)
		for _, x := range toOne(list) {
			require.GreaterOrEqual(t, int64(x.weight), int64(0))
			sum += int64(x.weight)
		}
		require.Equal(t, int64(1_000_000), sum)
	})
}

// What a text means does not depend on the rows before it.
func TestFormatsAreTriedInOrder(t *testing.T) {
	const m = "version: 1\nkey: id\nfacts: {leads: {lead: id, created: {column: day, format: [eu, us]}}}\n"
	b := decode(t, zagreb, m, []byte("id,day\n1,3/4/2026\n2,3/14/2026\n3,3/4/2026\n"))
	require.Equal(t, [][]string{{"2026-04-03"}, {"2026-03-14"}, {"2026-04-03"}}, show(b, factByName("leads"), []string{"created"}, zagreb.Zone))
}

// However a file is cut, and whichever goroutine gets a piece, the facts are the same.
func TestPiecesEqualTheWhole(t *testing.T) {
	data := "id,day,res\n1,3/4/2026,x\n2,3/14/2026,SALE\n3,29.3.2026 02:30,sale\n4,bad,y\n5,13.4.2026 9:00,no_answer\n"
	const m = "version: 1\nkey: id\nfacts: {calls: {started: {column: day, format: [eu, us]}, direction: {value: outbound}, outcome: res}}\n"
	whole := decode(t, zagreb, m, []byte(data))
	d, c := open(t, zagreb, m, []byte(data))
	var parts facts.Batch
	line := c.Line
	for rest := c.Data; len(rest) > 0; line++ {
		n := 0
		for n < len(rest) && rest[n] != '\n' {
			n++
		}
		var b facts.Batch
		d.Decode(source.Chunk{Data: rest[:n+1], Line: line}, &b)
		parts.Records = append(parts.Records, b.Records...)
		parts.Rejects = append(parts.Rejects, b.Rejects...)
		rest = rest[n+1:]
	}
	require.Equal(t, whole.Records, parts.Records)
	require.Equal(t, whole.Rejects, parts.Rejects)
}
