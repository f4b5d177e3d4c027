package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/seed"
	"github.com/voxanne-ai/voxanne/server"
)

const tokenUsage = `Prints an access token for the first member with the role in the clinic, as
Supabase would issue it. For development: VOXANNE_ENV must be dev. Without
variables it uses what ` + "`voxanne dev`" + ` wrote to VOXANNE_HOME/env.

options:
`

func runToken(ctx context.Context, p process, args []string) error {
	var org, role string
	var ttl time.Duration
	err := parseFlags(p, "token", tokenUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&org, "org", seed.Lakeside, "the clinic's `slug`")
		f.StringVar(&role, "role", "owner", "the member's `role`: owner, admin, staff or viewer")
		f.DurationVar(&ttl, "ttl", time.Hour, "how long the token is good")
	})
	if err != nil {
		return err
	}
	environ, err := developmentEnviron(p)
	if err != nil {
		return err
	}
	cfg, err := server.LoadConfig(environ)
	if err != nil {
		return err
	}
	if cfg.Env != server.Dev {
		return errors.New("tokens are minted in development only (VOXANNE_ENV=dev)")
	}
	if cfg.AdminDatabaseURL == "" {
		return errors.New("ADMIN_DATABASE_URL is not set: the member is looked up as the owner of the database")
	}
	token, _, err := mintToken(ctx, cfg, org, role, ttl)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, token)
	return nil
}

// mintToken finds a member of the clinic and mints a token for them.
func mintToken(ctx context.Context, cfg server.Config, slug, role string, ttl time.Duration) (token string, org uuid.UUID, err error) {
	member, err := findMember(ctx, string(cfg.AdminDatabaseURL), slug, role)
	if err != nil {
		return "", uuid.Nil, err
	}
	token, err = server.MintDevToken(cfg.JWTSecret, member.OrgID, member.UserID, cfg.Issuer(), ttl)
	return token, member.OrgID, err
}

func findMember(ctx context.Context, adminURL, slug, role string) (db.FindMemberRow, error) {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return db.FindMemberRow{}, fmt.Errorf("reach the database as its owner: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	member, err := db.New(conn).FindMember(ctx, slug, role)
	if errors.Is(err, pgx.ErrNoRows) {
		return member, fmt.Errorf("the clinic %q has no member with the role %q, or does not exist", slug, role)
	}
	return member, err
}
