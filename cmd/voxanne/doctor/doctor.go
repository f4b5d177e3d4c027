package doctor

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/server"
)

// Limit is the longest one check takes, with all that it asks.
const Limit = 5 * time.Second

// Options say what is looked at. The functions are how the processes themselves reach things, and are called only where
// Config says that there is something to reach.
type Options struct {
	Config   server.Config     // as far as it could be read
	Problems error             // what server.ReadConfig said about it
	Environ  map[string]string // what Config was read from
	MadeUp   []string          // variables that `voxanne dev` made up

	OwnBackend bool // only this machine reaches BACKEND_URL
	Verify     bool // also run the DBAs' checks of package sql/verify

	Store     func() (storage.Store, error)
	Embedder  func() (embedding.Embedder, error)
	Calendars func() ([]calendar.Provider, error)

	HTTP *http.Client     // asks our own server, and a provider for the time
	Now  func() time.Time // the clock of this machine
}

// doctor is Options with the checks on them.
type doctor struct{ Options }

// check is one question. It ends soon after its context.
type check struct {
	name string
	ask  func(ctx context.Context) verdict
}

// Run asks everything, side by side, then the DBAs' checks where they are wanted, which keep the database busy, and returns the answers in an order that stays.
func Run(ctx context.Context, o Options) Report {
	d := doctor{o}
	findings := append(d.variables(), askAll(ctx, d.checks(), Limit)...)
	if o.Verify {
		findings = append(findings, d.verified(ctx)...)
	}
	return reportOf(findings)
}

func (d doctor) checks() []check {
	return []check{
		{"database.login", d.login},
		{"database.direct", d.direct},
		{"database.admin", d.admin},
		{"database.schema", d.schema},
		{"database.extensions", d.extensions},
		{"database.pooler", d.pooler},
		{"database.pooler_direct", d.poolerDirect},
		{"queue.jobs", d.queue},
		{"clock.database", d.databaseClock},
		{"clock.provider", d.providerClock},
		{"webhook.alive", d.alive},
		{"webhook.ready", d.ready},
		{"vapi.private_key", d.vapiKey},
		{"vapi.public_key", d.vapiPublicKey},
		{"email", d.email},
		{"storage", d.storage},
		{"embedding", d.embedding},
		{"google", d.google},
		{"microsoft", d.microsoft},
	}
}

// askAll asks side by side and waits for every answer; none takes much longer than limit.
func askAll(ctx context.Context, checks []check, limit time.Duration) []Finding {
	findings := make([]Finding, len(checks))
	var asking sync.WaitGroup
	for i, c := range checks {
		asking.Go(func() {
			bounded, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			v := c.ask(bounded)
			findings[i] = Finding{Check: c.name, Level: v.level, Detail: v.detail, Remedy: v.remedy}
		})
	}
	asking.Wait()
	return findings
}
