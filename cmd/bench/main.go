// Command bench measures the service on this machine and prints one table: tool calls over HTTP, signed as Vapi sends them,
// beside pgbench doing the same transactions (same role, claims, functions and data, taking turns in one run), callers who
// want the same times, a database of realistic size, dashboards that hear of changes, agents, jobs and calendars. Each
// figure stands beside its aim and the last committed run (docs/benchmarks.md). -save makes this run the committed one.
//
// -only measures one part and prints its details instead.
//
// Databases are scratch ones in the test cluster, which does not wait for the disk; TEST_DATABASE_URL names another server.
// Service, clients and database share the machine, so the figures are a floor, and the ratio is what one looks at.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if len(os.Args) == 2 && os.Args[1] == readDocument {
		if err := reader.Serve(ctx, os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	s := settings{out: os.Stdout, turns: 3, warm: 2 * time.Second, contacts: 5000}
	flag.IntVar(&s.clients, "clients", 8, "how many callers talk at once")
	flag.DurationVar(&s.length, "time", 5*time.Second, "how long each kind of work is measured at a time")
	flag.StringVar(&s.only, "only", "", "one part with its details: calls (beside pgbench, at loads, in a crowd), dashboard (lists and numbers), agents (saves until their assistants at a played Vapi are in step), hanging (saves while Vapi hangs, and how soon jobs start), live (changes until dashboards hear of them), knowledge (finding passages), calendars (bookings with calendars that answer, are slow and are down), documents (pages of PDFs read; files uploaded until they are found), or whole (a database of realistic size)")
	flag.BoolVar(&s.save, "save", false, "make this run, of all parts, the committed one: docs/benchmarks/last.json and docs/benchmarks.md")
	flag.BoolVar(&s.details, "details", false, "print the parts' details before the table of all parts")
	flag.Float64Var(&s.saves, "saves", 20, "agents: saves a second; calendars: bookings a second")
	flag.IntVar(&s.vapiRate, "vapi-rate", 100, "agents: VAPI_REQUESTS_PER_SECOND")
	flag.IntVar(&s.rows, "rows", 50_000, "dashboard: how many contacts, appointments, messages … the clinic has")
	flag.IntVar(&s.calls, "calls", 0, "dashboard: how many calls it has, if not that many")
	flag.IntVar(&s.rounds, "rounds", 30, "dashboard: how often everything is asked for; knowledge: how many questions; documents: how often each is read, and how many files of a size are uploaded; whole: how often each is measured")
	flag.Float64Var(&s.scale, "scale", 0.1, "whole: how much there is, of 1 000 clinics with 1 000 000 visits and calls, 2 000 000 messages and 300 000 pieces of documents")
	flag.StringVar(&s.pieces, "pieces", "500,30000,300000", "knowledge: how many pieces the clinics' documents have")
	flag.StringVar(&s.pages, "pages", "3,30,300", "documents: how many pages the uploaded files have")
	flag.Parse()
	measure, known := map[string]func(context.Context, settings) error{
		"": runAll, "calls": runCalls, "agents": runAgents, "hanging": runHanging, "dashboard": runDashboard, "live": runLive,
		"knowledge": runKnowledge, "calendars": runCalendars, "documents": runDocuments, "whole": runWhole}[s.only]
	if err := s.check(known); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if err := measure(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type settings struct {
	clients int
	length  time.Duration
	warm    time.Duration // before calls are measured, in whole seconds
	turns   int           // how often pgbench and HTTP are measured: the database grows, and what else happens shall meet both
	only    string        // one part; empty: all

	contacts int // of each clinic that sends texts
	save     bool
	details  bool
	saves    float64 // a second; of calendars: bookings
	out      io.Writer

	vapiRate int

	rows, calls, rounds int // of the dashboard; no calls: as many as rows

	pieces string // of clinics' documents, with commas between the clinics
	pages  string // of uploaded files, likewise

	scale float64 // of the whole, from leastScale to 1

	sheet *sheet // nil: figures are only printed
}

// check refuses what cannot be measured.
func (s settings) check(known bool) error {
	switch {
	case !known:
		return errors.New("-only is calls, dashboard, agents, hanging, live, knowledge, calendars, documents or whole")
	case s.save && s.only != "":
		return errors.New("-save takes a run of all parts, without -only")
	case s.clients < 1 || s.length < time.Second || s.rows < 1000 || s.rounds < 1 || s.saves <= 0:
		return errors.New("a client, a second, 1000 rows, a round and some saves at least")
	case s.scale < leastScale || s.scale > 1:
		return errors.New("-scale is from 0.01 to 1")
	}
	return nil
}
