package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/server"
)

const devUsage = `Starts everything that development needs, in one process: a private PostgreSQL
cluster (unless DATABASE_URL is set), migrations, the demo clinics, the server and
the workers; outside services without a key are played. Every value in use is
written to VOXANNE_HOME/env (default .local/env). PORT=0 takes a free port.
`

func runDev(ctx context.Context, p process, args []string) error {
	if err := parseFlags(p, "dev", devUsage, args, nil); err != nil {
		return err
	}
	err := develop(ctx, p)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // Ctrl-C while it was still starting
	}
	return err
}

// develop starts one thing after the other, serves until ctx ends, and stops
// them in reverse.
func develop(ctx context.Context, p process) (err error) {
	in, unlock, err := openInstance(p)
	if err != nil {
		return err
	}
	defer unlock()
	listener, err := in.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close() // for the ways out before it is served
	if err := in.findDatabase(ctx, p); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.stopDatabase(ctx)) }()
	defer in.closePlayed()
	if err := in.playServices(ctx); err != nil {
		return err
	}
	cfg, err := in.configure(ctx)
	if err != nil {
		return err
	}
	in.letCall(cfg)
	log := newLogger(p, cfg)
	traces, flush, err := newTraces(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer flush()
	opened, err := openTraced(ctx, cfg, traces)
	if err != nil {
		return err
	}
	defer opened.Close()
	to := observed{server.NewMetrics(), traces, log}
	handler, beside, err := newHandler(cfg, opened, to)
	if err != nil {
		return err
	}

	in.printBanner(p.out, cfg) // the port is open already: who connects now is served in a moment
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return server.ServeListener(running, handler, listener, log) })
	beside.run(running, group)
	group.Go(func() error { return work(running, cfg, opened, to) })
	in.servePlayed(running, group, log)
	return group.Wait()
}

// instance is a development instance while it starts: what the caller gave,
// what the last start left, and what this start adds.
type instance struct {
	home    string
	environ map[string]string // the process's
	last    map[string]string // the env file of the last start
	values  map[string]string // in use now
	own     []string          // names of values that nobody gave

	database database
	played   []playedService
}

// openInstance makes the home folder and keeps others out of it until unlock:
// two instances in one folder would stop each other's database.
func openInstance(p process) (in *instance, unlock func(), err error) {
	if p.environ["VOXANNE_ENV"] == string(server.Production) {
		return nil, nil, errors.New("VOXANNE_ENV is production: start `voxanne migrate`, `voxanne serve` and `voxanne work` instead")
	}
	home := homeDir(p.environ)
	// Traversable, because the database's user may be another one; what is secret has its own mode.
	if err := os.MkdirAll(home, 0o711); err != nil {
		return nil, nil, fmt.Errorf("make VOXANNE_HOME: %w", err)
	}
	unlock, err = lockHome(home)
	if err != nil {
		return nil, nil, err
	}
	last, err := readEnvFile(envFilePath(home))
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return &instance{home: home, environ: p.environ, last: last, values: map[string]string{}}, unlock, nil
}

// lockHome takes a lock that the kernel gives back however this process ends.
func lockHome(home string) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(home, "dev.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock VOXANNE_HOME: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("another `voxanne dev` runs in %s: stop it, or choose another folder with VOXANNE_HOME", home)
	}
	return func() { file.Close() }, nil
}

// listen opens the port first: the commonest trouble is told before anything is started.
func (in *instance) listen(ctx context.Context) (net.Listener, error) {
	port := in.given("PORT")
	if port == "" {
		port = "8080"
		in.own = append(in.own, "PORT")
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "localhost:"+port) // secrets of development are no secrets: stay off the network
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %s is in use by another program: stop it, or choose another port, as in PORT=8081 make run", port)
	}
	if err != nil {
		return nil, fmt.Errorf("PORT must be the number of a free port: %w", err)
	}
	_, in.values["PORT"], err = net.SplitHostPort(listener.Addr().String())
	return listener, err
}
