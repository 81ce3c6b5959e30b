package forecast_test

import (
	"math"
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/callpace/callpace/internal/goal/forecast"
)

// world is a made-up team whose future is known. It is made otherwise than the
// model thinks: levels jump, years have seasons that nobody has seen, days are
// over-dispersed, people are away, and some bookings come late.
type world struct {
	r        *rand.Rand
	agents   int
	history  int // days
	period   int
	phi      float64
	schedule bool    // staffed hours are known
	late     float64 // mean delay of a booking in days, or 0
	weekday  [7]float64
	season   float64
	phase    float64
	days     [][]made // of each agent: history, then period
}

// made is a day as it was: what was booked of it and when.
type made struct {
	staffed float64
	n       []int // by delay
}

func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 42))
	w := &world{r: r, agents: 8, history: 7 * (8 + r.IntN(19)), period: 28 + r.IntN(4),
		phi: 1 + 2*r.Float64(), schedule: r.Float64() < 0.7, season: 0.15 * r.Float64(), phase: 2 * math.Pi * r.Float64()}
	if r.Float64() < 0.3 {
		w.late = 1 + 2*r.Float64()
	}
	for d := time.Monday; d <= time.Friday; d++ {
		w.weekday[d] = math.Exp(0.15 * r.NormFloat64())
	}
	if r.Float64() < 0.2 {
		w.weekday[time.Saturday] = 0.5
	}
	perDay := math.Exp(math.Log(5)+r.Float64()*math.Log(40)) / 21 // 5 to 200 a month
	for range w.agents {
		w.days = append(w.days, w.agent(perDay))
	}
	return w
}

func (w *world) agent(perDay float64) []made {
	r := w.r
	level := perDay * distuv.Gamma{Alpha: 8, Beta: 8, Src: r}.Rand() // agents differ by 35 %
	shiftAt, shift := -1, 1.0
	if r.Float64() < 0.3 {
		shiftAt, shift = r.IntN(w.history+w.period), math.Exp(0.2*r.NormFloat64())
	}
	month := 1.0
	days := make([]made, w.history+w.period)
	for i := range days {
		if i == shiftAt {
			level *= shift
		}
		if (w.history-i)%30 == 0 || i == 0 { // people have better and worse months
			month = math.Exp(0.1*r.NormFloat64() - 0.005)
		}
		weekday := time.Weekday(i % 7)
		if w.weekday[weekday] == 0 || r.Float64() < 0.06 {
			continue
		}
		days[i].staffed = 8
		mean := level * month * w.weekday[weekday] * (1 + w.season*math.Sin(w.phase+2*math.Pi*float64(i)/365))
		days[i].n = w.delays(overdispersed(r, mean, w.phi))
	}
	return days
}

func overdispersed(r *rand.Rand, mean, phi float64) int {
	if phi > 1.0001 {
		mean = distuv.Gamma{Alpha: mean / (phi - 1), Beta: 1 / (phi - 1), Src: r}.Rand()
	}
	if mean < 1e-9 {
		return 0
	}
	return int(distuv.Poisson{Lambda: mean, Src: r}.Rand())
}

// delays spreads n bookings over the days until they arrive.
func (w *world) delays(n int) []int {
	out := []int{0}
	for range n {
		delay := 0
		for w.late > 0 && delay < 20 && w.r.Float64() < w.late/(1+w.late) {
			delay++
		}
		for len(out) <= delay {
			out = append(out, 0)
		}
		out[delay]++
	}
	return out
}

// question is what is known when seen days of the period are over.
func (w *world) question(agent, seen int) forecast.Question {
	q := forecast.Question{Kind: forecast.Count, Seen: seen}
	today := w.history + seen
	q.Company = make([]forecast.Day, w.history)
	q.Together = make([]forecast.Day, seen)
	var delays []int
	for a := range w.days {
		days := make([]forecast.Day, w.history+w.period)
		for i, d := range w.days[a] {
			staffed := d.staffed
			if !w.schedule {
				staffed = 1
			}
			days[i] = forecast.Day{Weekday: time.Weekday(i % 7), Season: -1, Staffed: staffed}
			for delay, n := range d.n {
				if i+delay < today {
					days[i].N += float64(n)
					if i+20 < today { // all of it is here: its delays are known
						for range n {
							delays = append(delays, delay)
						}
					}
				}
			}
			var all *forecast.Day
			switch {
			case i < w.history:
				all = &q.Company[i]
			case i < today:
				all = &q.Together[i-w.history]
			default:
				continue
			}
			all.Weekday, all.Season = days[i].Weekday, -1
			all.Staffed += staffed
			all.N += days[i].N
		}
		if a == agent {
			q.Own, q.Period = days[:w.history], days[w.history:]
		} else {
			q.Peers = append(q.Peers, days[:w.history])
		}
	}
	if w.late > 0 {
		q.Arrived = forecast.Arrivals(delays, 20)
	}
	return q
}

// result is what the period came to in the end.
func (w *world) result(agent int) (total float64) {
	for _, d := range w.days[agent][w.history:] {
		for _, n := range d.n {
			total += float64(n)
		}
	}
	return total
}
