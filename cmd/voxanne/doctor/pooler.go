package doctor

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

func (d doctor) pooler(ctx context.Context) verdict {
	shared, err := sharesProcesses(ctx, d.Config.DatabaseURL)
	if err != nil {
		return notAsked("database.login")(err)
	}
	return judgePooler(shared, d.Config.ThroughPooler())
}

// judgePooler is told whether there is a pooler in transaction mode, and whether the configuration says so.
func judgePooler(shared, told bool) verdict {
	switch {
	case shared && told:
		return fine("DATABASE_URL leads through a pooler in transaction mode, as DATABASE_POOLER says.")
	case shared:
		return doubtful("DATABASE_URL leads through a pooler in transaction mode, where prepared statements get lost unless it keeps them.",
			"Set DATABASE_POOLER=transaction, and DATABASE_DIRECT_URL to the database's own address.")
	case told:
		return unused("No pooler in transaction mode was noticed at DATABASE_URL: without one, statements need not be planned again and again.")
	}
	return fine("DATABASE_URL leads to the database itself, or through a pooler in session mode.")
}

// poolerDirect: a worker that listens through such a pooler hears nothing, and takes new jobs only when it looks by itself.
func (d doctor) poolerDirect(ctx context.Context) verdict {
	shared, err := sharesProcesses(ctx, d.Config.DatabaseDirectURL)
	switch {
	case err != nil && d.Environ["DATABASE_DIRECT_URL"] == "":
		return notAsked("database.login")(err)
	case err != nil:
		return notAsked("database.direct")(err)
	case shared:
		return wrong("The workers listen through a pooler in transaction mode, where no notification arrives.",
			"Set DATABASE_DIRECT_URL to the database's own address, or to a pooler in session mode.")
	}
	return fine("The workers listen at the database itself, or through a pooler in session mode.")
}

// rounds is how often both connections are asked: one round may miss a pooler that others use at the same moment, as our own
// other checks do.
const rounds = 8

// sharesProcesses tells whether connections have a process of the server for a transaction only: then two that are open at once
// meet the same one, or one of them meets several. Without a pooler, or with one in session mode, neither ever happens.
func sharesProcesses(ctx context.Context, address server.Secret) (shared bool, err error) {
	var conns [2]*pgx.Conn
	for i := range conns {
		if conns[i], err = connect(ctx, address); err != nil {
			return false, err
		}
		defer leave(ctx, conns[i])
	}
	met := map[int32]int{} // process by connection
	var last [len(conns)]int32
	for range rounds {
		for i, conn := range conns {
			backend, err := db.New(conn).GetBackend(ctx)
			if err != nil {
				return false, errors.New("ask for the server's process")
			}
			whose, known := met[backend.Pid]
			if known && whose != i || last[i] != 0 && last[i] != backend.Pid {
				return true, nil
			}
			met[backend.Pid], last[i] = i, backend.Pid
		}
	}
	return false, nil
}
