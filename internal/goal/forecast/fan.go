package forecast

// Fan gives what the result may stand at by the end of each day to come, the
// last of them being what Predict says: the widening part of a pace chart. Open
// leads are taken to be won evenly over the days left. It is empty where
// Predict has no answer.
func Fan(q Question) []Distribution {
	s, ok := q.state()
	if !ok {
		return nil
	}
	var rest float64
	for _, e := range s.rest[:q.Seen] {
		rest += e
	}
	left := len(q.Period) - q.Seen
	out := make([]Distribution, left)
	for i := range out {
		rest += s.rest[q.Seen+i]
		open := append([]Open(nil), q.Open...)
		for j := range open {
			open[j].Win *= float64(i+1) / float64(left)
		}
		out[i] = q.answer(s, s.level.Rest(s.seen, rest).Plus(pipeline(open))).Result
	}
	return out
}
