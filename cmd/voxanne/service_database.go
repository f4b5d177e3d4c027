package main

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/trace"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

// errOwner is for a DATABASE_URL that would let a mistake in one query show one clinic to another.
var errOwner = errors.New("DATABASE_URL leads to a role that passes row security: clinics would not be kept apart. Give the address of voxanne_login; the owner's belongs in ADMIN_DATABASE_URL")

// openService opens the database of cfg for a process that serves or works. In production a role that row security does not hold is
// refused with errOwner.
func openService(ctx context.Context, cfg server.Config, traces trace.TracerProvider) (*db.DB, error) {
	opened, err := openTraced(ctx, cfg, traces)
	if err != nil || cfg.Env != server.Production {
		return opened, err
	}
	role, err := opened.Platform().DescribeRole(ctx)
	switch {
	case err != nil:
		err = fmt.Errorf("ask who DATABASE_URL is: %w", err)
	case role.Super || role.Bypasses:
		err = errOwner
	default:
		return opened, nil
	}
	opened.Close()
	return nil, err
}
