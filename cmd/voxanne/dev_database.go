package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/db/seed"
)

// database is the one an instance works on.
type database struct {
	cluster *localpg.Cluster // ours; nil when the caller has a database
	demo    bool             // the demo clinics may be in it
}

// findDatabase brings a migrated database and its three addresses: the caller's,
// else one in a private cluster.
func (in *instance) findDatabase(ctx context.Context, p process) (err error) {
	var login, admin string
	if address := in.given("DATABASE_URL"); address != "" {
		login, admin, err = in.adopt(ctx, address)
	} else {
		login, admin, err = in.startCluster(ctx, p)
	}
	if err != nil {
		return errors.Join(err, in.stopDatabase(ctx))
	}
	in.values["DATABASE_URL"], in.values["ADMIN_DATABASE_URL"] = login, admin
	in.values["DATABASE_DIRECT_URL"] = login
	if direct := in.given("DATABASE_DIRECT_URL"); direct != "" && in.database.cluster == nil {
		in.values["DATABASE_DIRECT_URL"] = direct
	}
	if in.database.demo, err = isDemo(ctx, admin); err != nil {
		return errors.Join(err, in.stopDatabase(ctx))
	}
	return nil
}

// startCluster starts the private cluster of the home folder.
func (in *instance) startCluster(ctx context.Context, p process) (login, admin string, err error) {
	in.own = append(in.own, "DATABASE_URL", "DATABASE_DIRECT_URL", "ADMIN_DATABASE_URL")
	log := slog.New(slog.NewTextHandler(p.err, nil))
	if in.database.cluster, err = localpg.Start(ctx, localpg.Options{Dir: filepath.Join(in.home, "pg"), Log: log}); err != nil {
		return "", "", err
	}
	if admin, err = in.database.cluster.CreateDatabase(ctx, "voxanne"); err != nil {
		return "", "", err
	}
	if err := migrate.Up(ctx, admin, log); err != nil {
		return "", "", err
	}
	login, err = migrate.EnsureLogin(ctx, admin, in.loginPassword(slices.Contains(strings.Fields(in.last[ownVariable]), "DATABASE_URL")))
	return login, admin, err
}

// adopt works on the caller's database. Migrating needs its owner: that is
// ADMIN_DATABASE_URL, else DATABASE_URL itself, in whose place the
// application's role is then used.
func (in *instance) adopt(ctx context.Context, address string) (login, admin string, err error) {
	admin = in.given("ADMIN_DATABASE_URL")
	user, password := credentials(address)
	if admin == "" {
		owner, err := isOwner(ctx, address)
		if err != nil {
			return "", "", err
		}
		if !owner {
			return "", "", fmt.Errorf("the role %q of DATABASE_URL cannot migrate: give the owner's address in ADMIN_DATABASE_URL as well", user)
		}
		admin = address
	}
	if err := migrate.Up(ctx, admin, nil); err != nil {
		return "", "", err
	}
	if isLogin(user) {
		_, err := migrate.EnsureLogin(ctx, admin, password)
		return address, admin, err
	}
	login, err = migrate.EnsureLogin(ctx, admin, in.loginPassword(in.last["ADMIN_DATABASE_URL"] == admin))
	return login, admin, err
}

// loginPassword is the one of the last start on the same database, else a new one.
func (in *instance) loginPassword(same bool) string {
	if user, password := credentials(in.last["DATABASE_URL"]); same && isLogin(user) && password != "" {
		return password
	}
	return rand.Text()
}

// stopDatabase stops the private cluster. The lock on the home folder says that
// nobody else started it, so it is stopped also when it was found running: the
// process that had started it was killed.
func (in *instance) stopDatabase(ctx context.Context) error {
	if in.database.cluster == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return in.database.cluster.Stop(ctx)
}

func isOwner(ctx context.Context, address string) (bool, error) {
	var owner bool
	err := asOwner(ctx, address, func(q *db.Queries) (err error) {
		owner, err = q.IsOwner(ctx)
		return err
	})
	return owner, err
}

// isDemo says whether demo clinics belong into a database: it is empty, or they are there already.
func isDemo(ctx context.Context, admin string) (bool, error) {
	var demo bool
	err := asOwner(ctx, admin, func(q *db.Queries) (err error) {
		demo, err = q.IsDemoDatabase(ctx, seed.Lakeside)
		return err
	})
	return demo, err
}

func asOwner(ctx context.Context, address string, ask func(*db.Queries) error) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return ask(db.New(conn))
}

// place is where a database is, without user and password.
func place(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "DATABASE_URL"
	}
	return u.Host + u.Path
}
