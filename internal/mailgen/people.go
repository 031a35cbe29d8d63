package mailgen

import (
	"fmt"
	"math/rand/v2"
)

// person is somebody who writes to the store.
type person struct {
	name     string
	address  string
	language *language
	charset  charset
	program  string // the mail program
}

var (
	providers = []string{"post.example", "webmail.example", "mail.example.org", "freemail.example.net",
		"firma.example", "buero.example.com"}
	programs = []string{"Larch Mail 5.2", "Pocket Mail for phones 17.1", "Deskpost 2024 (build 911)",
		"WebCourier/3.0.8", "Fern 128.4"}
)

func makePeople(seed uint64, n int) []person {
	rng := rand.New(rand.NewPCG(seed, 2))
	people := make([]person, n)
	for i := range people {
		l := pickLanguage(rng)
		name := pick(rng, l.first) + " " + pick(rng, l.last)
		if l.space == "" {
			name = pick(rng, l.last) + pick(rng, l.first)
		}
		people[i] = person{
			name:     name,
			address:  fmt.Sprintf("customer%d@%s", i+1, pick(rng, providers)),
			language: l,
			charset:  pick(rng, l.charsets),
			program:  pick(rng, programs),
		}
		if l.first[0] != "Emma" {
			continue
		}
		// Some people have no name. They are taken from the language that has
		// ASCII names, of which there are enough.
		if rng.IntN(12) == 0 {
			people[i].name = ""
		}
	}
	return people
}
