package behind

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/callpace/callpace"
	"github.com/callpace/callpace/internal/facts"
	"github.com/callpace/callpace/internal/kpi"
)

// place is where a page begins: the values of the order's columns in the last
// row before it, and how many rows with just these values were given already.
type place struct {
	key    []kpi.Cell // nil: at the first row
	skip   int
	before int64 // rows given so far
}

// longestCursor bounds what a cursor of ours can be, in bytes.
const longestCursor = 2 << 10

// longestText is how much of a text a cursor holds, in bytes. Behind a longer
// one stands the place where its beginning alone would stand: rows from there
// on that were given already are skipped by their number. Every row between
// the two begins with the same.
const longestText = 100

// written is a cursor's JSON.
type written struct {
	Key    []*string `json:"k"`
	Skip   int       `json:"s"`
	Before int64     `json:"b"`
}

// beyond is the place behind the last row of a page. The key of a long text is
// cut, so that rows with other keys may stand behind it and before that row;
// all of them have a key that is not before it (see longestText).
func (p place) beyond(order []facts.Column, set kpi.RowSet) place {
	n := len(set.Rows)
	last := keyOf(order, set, n-1)
	if p.key != nil && compareKeys(p.key, last) >= 0 {
		return place{p.key, p.skip + n, p.before + int64(n)}
	}
	given := 0
	for i := n - 1; i >= 0 && compareKeys(keyOf(order, set, i), last) >= 0; i-- {
		given++
	}
	return place{last, given, p.before + int64(n)}
}

// compareKeys orders keys as listings do: nulls last.
func compareKeys(a, b []kpi.Cell) int {
	for i := range a {
		switch {
		case a[i].Valid && !b[i].Valid:
			return -1
		case !a[i].Valid && b[i].Valid:
			return 1
		case !a[i].Valid:
			continue
		}
		if c := cmp.Or(cmp.Compare(a[i].Int, b[i].Int), cmp.Compare(a[i].Text, b[i].Text)); c != 0 {
			return c
		}
	}
	return 0
}

func keyOf(order []facts.Column, set kpi.RowSet, row int) []kpi.Cell {
	key := make([]kpi.Cell, len(order))
	for i, c := range order {
		at := slices.IndexFunc(set.Columns, func(have facts.Column) bool { return have.Name == c.Name })
		key[i] = set.Rows[row].Cells[at]
		if c.Kind == facts.Text && len(key[i].Text) > longestText {
			key[i].Text = beginning(key[i].Text)
			for j := i + 1; j < len(order); j++ {
				key[j] = least(order[j].Kind)
			}
			break
		}
	}
	return key
}

// beginning cuts a text between two letters.
func beginning(text string) string {
	n := longestText
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// least is what no value of a kind stands before.
func least(k facts.Kind) kpi.Cell {
	if k == facts.Text {
		return kpi.Cell{Valid: true}
	}
	return kpi.Cell{Valid: true, Int: farthest}
}

// farthest is before every moment and day that there is.
const farthest = -1 << 56

func (p place) text(order []facts.Column) string {
	w := written{Key: make([]*string, len(order)), Skip: p.skip, Before: p.before}
	for i, c := range p.key {
		if !c.Valid {
			continue
		}
		text := c.Text
		if order[i].Kind != facts.Text {
			text = strconv.FormatInt(c.Int, 10)
		}
		w.Key[i] = &text
	}
	b, _ := json.Marshal(w) // texts and numbers always can be
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads what text wrote. A cursor says where to go on, never what
// may be seen: a forged one shows other rows of the same answer.
func readCursor(text string, order []facts.Column) (place, error) {
	if text == "" {
		return place{}, nil
	}
	bad := callpace.E(callpace.Invalid, "rows.bad_cursor")
	if len(text) > longestCursor {
		return place{}, bad
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return place{}, bad.Because(err)
	}
	var w written
	if err := json.Unmarshal(b, &w); err != nil || len(w.Key) != len(order) || w.Skip < 0 || w.Skip > 1<<30 || w.Before < 0 {
		return place{}, bad
	}
	p := place{skip: w.Skip, before: w.Before, key: make([]kpi.Cell, len(order))}
	for i, c := range order {
		if w.Key[i] == nil {
			continue
		}
		p.key[i] = kpi.Cell{Valid: true, Text: *w.Key[i]}
		if c.Kind != facts.Text {
			n, err := strconv.ParseInt(*w.Key[i], 10, 64)
			if err != nil || c.Kind == facts.Instant && (n < farthest || n > -farthest) {
				return place{}, bad
			}
			p.key[i] = kpi.Cell{Valid: true, Int: n}
		}
	}
	return p, nil
}
