package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db/localpg"
)

// poolerAway is how long nobody gets to the database.
const poolerAway = 300 * time.Millisecond

// killPooler kills the PgBouncer between the processes and PostgreSQL, and starts it again. The first strike puts it there: from
// then on both processes work through it, in transaction mode, with few connections that all their requests share.
func killPooler(ctx context.Context, st *stage) (int, error) {
	if st.pooler == nil {
		if err := st.putPooler(ctx); err != nil {
			return 0, err
		}
		wait(ctx, time.Second) // callers book through it
	}
	if err := st.pooler.Kill(); err != nil {
		return 0, err
	}
	wait(ctx, poolerAway)
	return 1, st.pooler.Start(ctx)
}

// putPooler starts the pooler, and both processes anew behind it.
func (st *stage) putPooler(ctx context.Context) (err error) {
	login := ""
	for _, variable := range st.serve.env {
		if address, found := strings.CutPrefix(variable, "DATABASE_URL="); found {
			login = address
		}
	}
	if login == "" {
		return errors.New("the processes have no DATABASE_URL")
	}
	if st.pooler, err = localpg.StartPooler(ctx, localpg.PoolerOptions{Server: login, Connections: 4}); err != nil {
		return err
	}
	for _, p := range []*process{st.serve, st.work} { // of two values of a variable the last one counts
		p.env = append(p.env, "DATABASE_URL="+st.pooler.URL(), "DATABASE_DIRECT_URL="+login, "DATABASE_POOLER=transaction")
	}
	return restart(ctx, st.serve, st.work)
}
