package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"strings"

	"github.com/voxanne-ai/voxanne/db/migrate"
)

const migrateUsage = `Applies every pending migration to ADMIN_DATABASE_URL. Where DATABASE_URL names
the role voxanne_login with a password, that role is made able to log in with it.
Processes that migrate at once take turns.

options:
`

func runMigrate(ctx context.Context, p process, args []string) error {
	var status bool
	err := parseFlags(p, "migrate", migrateUsage, args, func(f *flag.FlagSet) {
		f.BoolVar(&status, "status", false, "print the database's version and the program's, change nothing")
	})
	if err != nil {
		return err
	}
	admin := p.environ["ADMIN_DATABASE_URL"]
	if admin == "" {
		return errors.New("ADMIN_DATABASE_URL is not set: give the address of the role that owns the database")
	}
	if !status {
		if err := migrate.Up(ctx, admin, nil); err != nil {
			return err
		}
		if err := ensureLogin(ctx, p, admin); err != nil {
			return err
		}
	}
	version, err := migrate.GetStatus(ctx, admin)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "The database is at version %d of %d.\n", version.Current, version.Target)
	return nil
}

func ensureLogin(ctx context.Context, p process, admin string) error {
	user, password := credentials(p.environ["DATABASE_URL"])
	if !isLogin(user) || password == "" {
		fmt.Fprintf(p.out, "DATABASE_URL names no password for %s: its login was left as it is.\n", migrate.Login)
		return nil
	}
	_, err := migrate.EnsureLogin(ctx, admin, password)
	return err
}

// credentials are the user and password of a database address, empty when it has none.
func credentials(address string) (user, password string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	password, _ = u.User.Password()
	return u.User.Username(), password
}

// isLogin says whether a user name is the application's role, also with the
// project that poolers put behind it.
func isLogin(user string) bool {
	name, _, _ := strings.Cut(user, ".")
	return name == migrate.Login
}
