package api

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/callpace/callpace/internal/auth"
)

// Posts that come at once are taken in together, each is answered, and one that
// cannot be read keeps nobody else's out.
func TestEventsTogether(t *testing.T) {
	s := newSite(t)
	p := s.as(auth.Manager)
	before := s.count()
	answers := make(chan *answer)
	const posts = 24
	for i := range posts {
		body := fmt.Sprintf(`{"id":"t%d","started":"2026-11-20 11:%02d:00","ext":"101","phone":"+385911111107","disposition":"sale","talk":60}`, i, i)
		if i%8 == 0 {
			body = "i\x00d\x00\n\x001\x00\n\x00"
		}
		go func() { answers <- p.post("/events?source=pbx", "application/x-ndjson", body) }()
	}
	inputs, refused := map[int]bool{}, 0
	for range posts {
		a := <-answers
		if a.status != 200 {
			require.Equal(t, 422, a.status, a.body)
			refused++
			continue
		}
		var r report
		a.into(200, &r)
		inputs[r.Input] = true
	}
	require.LessOrEqual(t, refused, posts/8)
	require.LessOrEqual(t, len(inputs), posts)
	require.EqualValues(t, before+posts-posts/8, s.count())
}

// Those who join a group get their events in, though who began it has left.
func TestEventsOutliveWhoBeganTheGroup(t *testing.T) {
	s := newSite(t)
	before := s.count()
	gone, leave := context.WithCancel(t.Context())
	leave()
	r, err := s.api.takeEvents(gone, &caller{now: s.now}, "pbx", []byte(`{"id":"t1","started":"2026-11-20 11:00:00","ext":"101","phone":"+385911111107","disposition":"sale","talk":60}`))
	require.NoError(t, err)
	require.NotZero(t, r.Input)
	require.EqualValues(t, before+1, s.count())
}
