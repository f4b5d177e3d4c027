package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
)

// turnCounter stands between a client and its database and counts round trips on the wire: how often the client spoke
// after the server had. What a tracer of statements does not tell apart, a batch from its statements one by one, is
// seen here, and so is what a driver asks for by itself.
type turnCounter struct {
	listener net.Listener
	server   string
	turns    atomic.Int64
	running  sync.WaitGroup
}

// countTurns listens on a loopback port and returns a URL that leads to the database of databaseURL through it. stop
// ends it when the client has closed its connections.
func countTurns(databaseURL string) (counted string, c *turnCounter, err error) {
	address, err := url.Parse(databaseURL)
	if err != nil {
		return "", nil, errors.New("the database's URL cannot be read") // the parser's error repeats it
	}
	c = &turnCounter{server: address.Host}
	if c.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	address.Host = c.listener.Addr().String()
	c.running.Go(c.accept)
	return address.String(), c, nil
}

func (c *turnCounter) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return // stop closed it
		}
		c.running.Go(func() { c.pass(client) })
	}
}

// pass carries one connection until either end closes it.
func (c *turnCounter) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	var answered atomic.Bool // the server spoke last
	answered.Store(true)
	c.running.Go(func() {
		defer client.Close()
		_, _ = io.Copy(noting{client, func() { answered.Store(true) }}, server) // an end is no error here
	})
	_, _ = io.Copy(noting{server, func() {
		if answered.Swap(false) {
			c.turns.Add(1)
		}
	}}, client)
}

// noting is a writer that says so before it writes.
type noting struct {
	to   io.Writer
	note func()
}

func (n noting) Write(p []byte) (int, error) {
	n.note()
	return n.to.Write(p)
}

func (c *turnCounter) stop() error {
	err := c.listener.Close()
	c.running.Wait()
	return err
}

// toolTurns is how many round trips to the database a request over HTTP takes once its statements are prepared: a tool call
// book or availability, or a transfer. It is the middle of several, because a pool asks a connection that rested for a second
// whether it still lives.
func toolTurns(ctx context.Context, loginURL, kind, number string) (turns int, err error) {
	counted, counter, err := countTurns(loginURL)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, counter.stop()) }()
	service, err := newHTTPTarget(ctx, counted, 1)
	if err != nil {
		return 0, err
	}
	defer service.close()
	send := service.call
	if kind == "transfer" {
		send = func(ctx context.Context, _, number string) error { return service.transfer(ctx, number) }
	}
	var each []int
	for round := range 12 {
		before := counter.turns.Load()
		if err := send(ctx, kind, number); err != nil {
			return 0, fmt.Errorf("%s: %w", kind, err)
		}
		if round > 0 { // the first one prepares the statements
			each = append(each, int(counter.turns.Load()-before))
		}
	}
	slices.Sort(each)
	return each[len(each)/2], nil
}
