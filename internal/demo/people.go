package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

type agent struct {
	name, extension, team, campaign string
	hired                           time.Time
	skill                           float64 // multiplies the chance of a good outcome
	pace                            float64 // multiplies the time between calls
	late                            bool    // works the late shift
	closesUnreached                 bool    // marks leads that nobody reached as lost
	toCall                          []*lead // leads assigned, the next one last
}

var firstNames = []string{"Ana", "Ivan", "Marija", "Luka", "Petra", "Marko", "Ivana", "Josip", "Elena", "Andrei", "Ioana", "Mihai", "Olena",
	"Taras", "Iryna", "Bohdan", "Sara", "Reza", "Leila", "Amir", "Li", "Wei", "Chen", "Mei", "Nora", "Tom", "Emma", "Paul", "Klara", "David",
	"Lucija", "Filip", "Dora", "Karlo", "Maja", "Nikola", "Lana", "Viktor", "Tea", "Roko"}

var lastNames = []string{"Horvat", "Kovač", "Babić", "Marić", "Novak", "Jurić", "Popescu", "Ionescu", "Dumitru", "Stan", "Shevchenko", "Bondar",
	"Kravets", "Melnyk", "Karimi", "Rahimi", "Moradi", "Zhang", "Wang", "Liu", "Berg", "Hill", "Weber", "Roy", "Knežević", "Vuković", "Pavić",
	"Šimić", "Grgić", "Tomić", "Perić", "Božić", "Lovrić", "Blažević", "Matić", "Rukavina", "Barić", "Lončar", "Ćosić", "Radić"}

var teams = []string{"North", "South", WeakTeam, "West"}

// appointmentFactor is what a team makes of a conversation: WeakTeam is the weak one.
var appointmentFactor = map[string]float64{"North": 1.05, "South": 1, WeakTeam: 0.55, "West": 1.1}

type campaign struct {
	name     string
	lists    []string
	products []product
}

type product struct {
	name  string
	price float64
}

var campaigns = []campaign{
	{"Fibre upgrade", []string{"Base 2026", "Web enquiries"}, []product{{"Fibre 500", 348}, {"Fibre 1000", 468}}},
	{"Business mobile", []string{"Chamber of trade", "Referrals"}, []product{{"Mobile Business", 620}, {"Cloud PBX", 1140}}},
	{"TV renewal", []string{"Expiring contracts"}, []product{{"TV Plus", 216}}},
}

func hire(r *rand.Rand, first time.Time) []*agent {
	agents := make([]*agent, 0, 40)
	for i := range 40 {
		a := &agent{
			name:      firstNames[i] + " " + lastNames[i],
			extension: extension(i),
			team:      teams[i%4],
			campaign:  campaigns[[]int{0, 0, 1, 1, 2}[i%5]].name,
			hired:     first.AddDate(0, 0, -200-r.IntN(1500)),
			skill:     math.Exp(0.22 * r.NormFloat64()),
			pace:      math.Exp(0.12 * r.NormFloat64()),
			late:      i%3 == 2,
		}
		if i%8 == 7 { // five came during the quarter or just before it
			a.hired = first.AddDate(0, 0, -20+r.IntN(45))
		}
		agents = append(agents, a)
	}
	agents[13].closesUnreached = true
	return agents
}

func extension(i int) string { return string([]byte{'2', byte('0' + i/10), byte('0' + i%10)}) }

// practice is how much of their skill agents have by a day: new ones start at
// 60 % and learn with a time constant of 40 days.
func (a *agent) practice(day time.Time) float64 {
	tenure := day.Sub(a.hired).Hours() / 24
	return 1 - 0.4*math.Exp(-tenure/40)
}

func campaignOf(name string) *campaign {
	for i := range campaigns {
		if campaigns[i].name == name {
			return &campaigns[i]
		}
	}
	return nil
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// spread draws a duration around a median, as talk and waiting times are:
// many short ones, a long tail.
func spread(r *rand.Rand, median time.Duration, sigma float64) time.Duration {
	return (time.Duration(float64(median)*math.Exp(sigma*r.NormFloat64())) / time.Second) * time.Second
}
