package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/live"
)

const (
	streamsEach = 5    // of 200 members: 1000
	liveRate    = 50   // changes a second, each told to the 100 streams of its clinic
	liveBurst   = 2000 // changes in one transaction, more than may wait for a stream
)

// liveBench is a server with streams, and what they received.
type liveBench struct {
	settings
	database *db.DB
	registry *prometheus.Registry
	address  string
	members  []db.BenchWatchersRow
	streams  []*liveStream // the first does not read
}

// runLive measures how long after its commit a change is told, to 999 streams that read and beside one that does not.
func runLive(ctx context.Context, s settings) (err error) {
	scratch, drop, err := scratchDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	b := &liveBench{settings: s, registry: prometheus.NewRegistry()}
	if b.members, err = foundWatchers(ctx, scratch.OwnerURL); err != nil {
		return err
	}
	if b.database, err = db.Open(ctx, scratch.LoginURL); err != nil {
		return err
	}
	defer b.database.Close()
	stop, err := b.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	defer b.hangUp()
	if err := b.open(ctx); err != nil {
		return err
	}
	readers := b.read()
	sent, err := b.tell(ctx)
	if err != nil {
		return err
	}
	if err := b.relayed(ctx, liveBurst+len(sent)); err != nil {
		return err
	}
	time.Sleep(time.Second) // what was told last is on its way
	b.hangUp()
	_ = readers.Wait() // they end because they were hung up
	return b.report(sent)
}

// foundWatchers makes the clinics and returns their members.
func foundWatchers(ctx context.Context, ownerURL string) ([]db.BenchWatchersRow, error) {
	root, err := dbtest.Root()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "sql/bench/live.sql"))
	if err != nil {
		return nil, err
	}
	owner, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return nil, fmt.Errorf("reach the scratch database: %w", err)
	}
	defer owner.Close(context.WithoutCancel(ctx))
	if _, err := owner.Exec(ctx, string(text)); err != nil {
		return nil, fmt.Errorf("make the watchers: %w", err)
	}
	return db.New(owner).BenchWatchers(ctx)
}

// serve starts the real server and relay on a loopback port.
func (b *liveBench) serve(ctx context.Context) (stop func() error, err error) {
	auth := server.NewVerifier(benchConfig, http.DefaultClient)
	log := slog.New(slog.DiscardHandler)
	relay, err := live.New(live.Options{DB: b.database, Auth: auth, Log: log, Count: b.registry})
	if err != nil {
		return nil, err
	}
	played, err := newCarrier(b.database, 1)
	if err != nil {
		return nil, err
	}
	handler, err := server.New(server.Deps{DB: server.NewDatabase(b.database), Auth: auth, Log: log, Metrics: server.NewMetrics(),
		Accounts: played.accounts, Live: relay})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	b.address = listener.Addr().String()
	running, cancel := context.WithCancel(ctx)
	group, running := errgroup.WithContext(running)
	group.Go(func() error { return server.ServeListener(running, handler, narrow{listener}, log) })
	group.Go(func() error { return relay.Run(running) })
	return func() error { cancel(); played.close(); return group.Wait() }, nil
}

// narrow is a listener whose connections hold little that was not read, so that a client that does not read is stuck
// within seconds and not within megabytes.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	conn, err := n.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok && err == nil {
		err = tcp.SetWriteBuffer(16 << 10)
	}
	return conn, err
}

// open opens every stream and says what they weigh. Clients are bare connections that have not read anything yet, so
// that the memory is the server's.
func (b *liveBench) open(ctx context.Context) error {
	before := memory()
	begun := time.Now()
	for _, member := range b.members {
		token, err := server.MintDevToken(benchConfig.JWTSecret, member.OrgID, member.UserID, benchConfig.Issuer(), time.Hour)
		if err != nil {
			return err
		}
		for range streamsEach {
			stream, err := openStream(ctx, b.address, token, len(b.streams) == 0)
			if err != nil {
				return err
			}
			b.streams = append(b.streams, stream)
		}
	}
	for b.metric("voxanne_live_clients") < float64(len(b.streams)) {
		if time.Since(begun) > time.Minute {
			return errors.New("not every stream opened within a minute")
		}
		time.Sleep(10 * time.Millisecond)
	}
	took, each := time.Since(begun), (memory()-before)/1024/float64(len(b.streams))
	fmt.Fprintf(b.out, "%d streams in ten clinics opened in %.1f s; memory for each: %.0f KiB\n", len(b.streams), took.Seconds(), each)
	b.sheet.note("live.memory", each)
	return nil
}

// memory is what the process uses now, without garbage, in bytes.
func memory() float64 {
	runtime.GC()
	runtime.GC() // what the first one found unreachable
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}

// read lets every stream but the first read until it is hung up.
func (b *liveBench) read() *errgroup.Group {
	var readers errgroup.Group
	for _, stream := range b.streams[1:] {
		readers.Go(stream.read)
	}
	return &readers
}

// tell lets the slow stream's clinic announce a great deal at once, and then changes at an even pace, and returns when
// each was committed.
func (b *liveBench) tell(ctx context.Context) (map[uuid.UUID]time.Time, error) {
	burst := make([]uuid.UUID, liveBurst)
	for i := range burst {
		burst[i] = uuid.New()
	}
	if err := b.announce(ctx, b.members[0].OrgID, burst); err != nil {
		return nil, err
	}
	if err := b.relayed(ctx, liveBurst); err != nil {
		return nil, err
	}
	time.Sleep(2 * time.Second) // told and done with, but for the slow one
	sent := map[uuid.UUID]time.Time{}
	tick := time.NewTicker(time.Second / liveRate)
	defer tick.Stop()
	for begun := time.Now(); time.Since(begun) < b.length; {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		id := uuid.New()
		if err := b.announce(ctx, b.members[rand.IntN(len(b.members))].OrgID, []uuid.UUID{id}); err != nil {
			return nil, err
		}
		sent[id] = time.Now()
	}
	return sent, nil
}

func (b *liveBench) announce(ctx context.Context, org uuid.UUID, ids []uuid.UUID) error {
	return b.database.AsTenant(ctx, org, func(tx db.Tx) error { return tx.BenchAnnounce(ctx, ids) })
}

// relayed waits until the relay has read so many changes. They are read in the order of their transactions: one that still
// writes anywhere in the cluster, another test's for instance, holds all later ones back.
func (b *liveBench) relayed(ctx context.Context, changes int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for b.metric("voxanne_live_events_total") < float64(changes) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %d changes to be read: %w", changes, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func (b *liveBench) hangUp() {
	for _, stream := range b.streams {
		stream.conn.Close()
	}
}

// report prints the latencies, and fails when something was not told to everybody who listened.
func (b *liveBench) report(sent map[uuid.UUID]time.Time) error {
	var all figures
	for _, stream := range b.streams[1:] {
		for id, at := range stream.received {
			if committed, ok := sent[id]; ok {
				all.took = append(all.took, max(at.Sub(committed), 0)) // some come before the commit's answer
			}
		}
	}
	fmt.Fprintf(b.out, "%d changes a second for %s, beside a stream that does not read: commit to receipt p50 %.0f ms, p99 %.0f ms, last %.0f ms (%d receipts)\n",
		liveRate, b.length, all.quantile(.5), all.quantile(.99), all.quantile(1), len(all.took))
	b.sheet.noteTimes("live.receipt", &all)
	fmt.Fprintf(b.out, "streams dropped: %.0f\n", b.metric("voxanne_live_dropped_total"))
	// Every clinic has 100 streams, the first one of which one does not read.
	if want := len(sent) * 99; len(all.took) < want {
		return fmt.Errorf("%d receipts are missing", want-len(all.took))
	}
	return nil
}

// metric is a metric's sum over all labels.
func (b *liveBench) metric(name string) float64 {
	families, err := b.registry.Gather()
	if err != nil {
		return 0
	}
	var sum float64
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == name {
				sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return sum
}
