package behind

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

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

// longestCursor bounds what a cursor of ours can be.
const longestCursor = 8 << 10

// written is a cursor's JSON.
type written struct {
	Key    []*string `json:"k"`
	Skip   int       `json:"s"`
	Before int64     `json:"b"`
}

// beyond is the place behind the last row of a page.
func (p place) beyond(order []facts.Column, set kpi.RowSet) place {
	last := keyOf(order, set, len(set.Rows)-1)
	same := 0
	for i := len(set.Rows) - 1; i >= 0 && slices.Equal(keyOf(order, set, i), last); i-- {
		same++
	}
	if same == len(set.Rows) && p.key != nil && slices.Equal(p.key, last) {
		same += p.skip
	}
	return place{last, same, p.before + int64(len(set.Rows))}
}

func keyOf(order []facts.Column, set kpi.RowSet, row int) []kpi.Cell {
	key := make([]kpi.Cell, len(order))
	for i, c := range order {
		at := slices.IndexFunc(set.Columns, func(have facts.Column) bool { return have.Name == c.Name })
		key[i] = set.Rows[row].Cells[at]
	}
	return key
}

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
			if err != nil || c.Kind == facts.Instant && (n < -1<<56 || n > 1<<56) {
				return place{}, bad
			}
			p.key[i] = kpi.Cell{Valid: true, Int: n}
		}
	}
	return p, nil
}
