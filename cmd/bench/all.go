package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// part is one part of a whole run and the rows of the table that it fills at a scale.
type part struct {
	title   string
	measure func(context.Context, settings) error
	rows    func(scale float64) []row
}

// parts are all of them, in the order of the table.
func parts() []part {
	return []part{
		{"tool calls", runCalls, callsRows},
		{"a database of realistic size", runWhole, wholeRows},
		{"dashboards", runLive, liveRows},
		{"agents and jobs", runHanging, hangingRows},
		{"calendars", runCalendars, calendarsRows},
	}
}

// runAll measures all parts, one after the other, and prints one table beside the last committed run; -save makes this run
// the committed one.
func runAll(ctx context.Context, s settings) (err error) {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	last, err := readLastRun(root)
	if err != nil && !errors.Is(err, errNoRun) {
		return err
	}
	run, err := whereItRuns(ctx)
	if err != nil {
		return err
	}
	s.sheet = &sheet{}
	if run.Figures, err = measureParts(ctx, s, os.Stderr, parts()); err != nil {
		return err
	}
	run.Filled, run.Load = s.sheet.filling, fmt.Sprintf("%s before, %s after", run.Load, loadNow())
	if err := printTable(s.out, run.Figures, last); err != nil || !s.save {
		return err
	}
	return run.save(root)
}

// measureParts returns the figures of all rows of these parts, and tells progress how long each took. A part that does not
// note every one of its figures ends the run.
func measureParts(ctx context.Context, s settings, progress io.Writer, parts []part) (all []measured, err error) {
	if !s.details {
		s.out = io.Discard
	}
	for _, p := range parts {
		begun := time.Now()
		s.sheet.begin(p.rows(s.scale))
		if err := p.measure(ctx, s); err != nil {
			return nil, fmt.Errorf("%s: %w", p.title, err)
		}
		figures, err := s.sheet.complete()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.title, err)
		}
		all = append(all, figures...)
		fmt.Fprintf(progress, "%s: measured in %.0f s\n", p.title, time.Since(begun).Seconds())
		fmt.Fprintln(s.out)
	}
	return all, nil
}

// whereItRuns asks a scratch database what is measured.
func whereItRuns(ctx context.Context) (_ *lastRun, err error) {
	scratch, drop, err := scratchDatabase(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	return circumstances(ctx, scratch.OwnerURL)
}

// scratchDatabase is a database that the caller drops, also after an interruption: at a scale of 1 it holds gigabytes.
func scratchDatabase(ctx context.Context) (d *dbtest.Database, drop func() error, err error) {
	return dbtest.Scratch(context.WithoutCancel(ctx))
}
