package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/doctor"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/server"
)

const doctorUsage = `Looks whether this installation can work: every variable, the database by each of its addresses,
with its roles, schema, extensions and jobs, this server at BACKEND_URL, the clocks, and every
provider that is configured, which is really asked. No check takes longer than five seconds.
Nothing is sent and nothing changed, but for a small file that is kept and deleted in the storage.
The exit status is 1 when something is an error. No secret is printed.

With --db, every script of sql/verify runs too, and what it finds is added as verify.…: the schema,
row security, rights, keys, the clinics' rows, jobs and upkeep. That needs ADMIN_DATABASE_URL with
a role that sees every row, and reads every row: minutes where there are many, ten at most.
Findings name ids, never a person. docs/verify says what each means.

options:
`

func runDoctor(ctx context.Context, p process, args []string) error {
	var asJSON, verify bool
	err := parseFlags(p, "doctor", doctorUsage, args, func(f *flag.FlagSet) {
		f.BoolVar(&verify, "db", false, "also run the DBAs' checks, as the role of ADMIN_DATABASE_URL")
		f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	})
	if err != nil {
		return err
	}
	options, err := doctorOptions(p)
	if err != nil {
		return err
	}
	options.Verify = verify
	defer options.HTTP.CloseIdleConnections()
	report := doctor.Run(ctx, options)
	if err := p.show(asJSON, report, func(w io.Writer) { printDoctor(w, report) }); err != nil {
		return err
	}
	if !report.Healthy {
		return errors.New("something is wrong, see above")
	}
	return ctx.Err()
}

// doctorOptions reads the configuration as far as it goes: that it is wrong is a finding like others.
func doctorOptions(p process) (doctor.Options, error) {
	environ, err := developmentEnviron(p)
	if err != nil {
		return doctor.Options{}, err
	}
	cfg, problems := server.ReadConfig(environ)
	return doctor.Options{
		Config: cfg, Problems: problems, Environ: environ, MadeUp: strings.Fields(environ[ownVariable]),
		OwnBackend: isLocal(cfg.BackendURL),
		Store:      func() (storage.Store, error) { return newStorage(cfg) },
		Embedder:   func() (embedding.Embedder, error) { return newEmbedder(cfg, cfg.EmbeddingModel, cfg.EmbeddingLength) },
		Calendars:  func() ([]calendar.Provider, error) { return newCalendars(cfg) },
		HTTP:       &http.Client{Timeout: doctor.Limit, Transport: http.DefaultTransport.(*http.Transport).Clone()},
		Now:        time.Now,
	}, nil
}

func printDoctor(w io.Writer, r doctor.Report) {
	for _, f := range r.Findings {
		detail := f.Detail
		if f.Object != "" {
			detail = f.Object + ": " + detail
		}
		fmt.Fprintf(w, "%-7s  %-34s  %s\n", f.Level, f.Check, detail)
		if f.Remedy != "" {
			fmt.Fprintf(w, "%47s%s\n", "-> ", f.Remedy)
		}
	}
	fmt.Fprintf(w, "%d errors, %d warnings.\n", r.Count(doctor.Error), r.Count(doctor.Warning))
}
