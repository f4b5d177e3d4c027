package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/seed"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// play is one run of the demo.
type play struct {
	Options
	ledger
	vapi     *sandbox.Caller
	database *db.DB      // as the application sees it, one clinic at a time
	conn     *pgx.Conn   // the owner's
	owner    *db.Queries // on conn: every clinic
	lakeside clinic
	harbor   clinic
	plan     plan
	callers  []*phone // everybody who called so far
	forged   *phone   // what anybody but Vapi sent
	first    *phone   // who booked first
	visit    db.DemoAppointmentsRow
}

// clinic is where calls come in.
type clinic struct {
	db.DemoClinicRow
	zone *time.Location
}

// enter connects to both sides of the instance and finds the clinics and a day to play on.
func enter(ctx context.Context, o Options) (_ *play, err error) {
	p := &play{Options: o, ledger: ledger{out: o.Out}, vapi: o.caller(o.proof(o.WebhookSecret))}
	if p.database, err = db.Open(ctx, string(o.DatabaseURL), o.DatabaseOptions...); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if p.conn, err = pgx.Connect(ctx, string(o.AdminURL)); err != nil {
		p.leave(ctx)
		// The driver's error may quote the address.
		return nil, errors.New("demo: the database of ADMIN_DATABASE_URL cannot be reached")
	}
	p.owner = db.New(p.conn)
	if err := p.prepare(ctx); err != nil {
		p.leave(ctx)
		return nil, fmt.Errorf("demo: %w", err)
	}
	return p, nil
}

func (p *play) leave(ctx context.Context) {
	p.database.Close()
	if p.conn != nil {
		_ = p.conn.Close(context.WithoutCancel(ctx))
	}
}

func (p *play) prepare(ctx context.Context) (err error) {
	if p.lakeside, err = p.clinic(ctx, seed.Lakeside); err != nil {
		return err
	}
	if p.harbor, err = p.clinic(ctx, seed.Harbor); err != nil {
		return err
	}
	p.plan, err = p.choose(ctx, p.lakeside)
	return err
}

func (p *play) clinic(ctx context.Context, slug string) (clinic, error) {
	row, err := p.owner.DemoClinic(ctx, slug)
	if errors.Is(err, pgx.ErrNoRows) {
		return clinic{}, fmt.Errorf("the clinic %s is not there: put it in with `voxanne seed`", slug)
	} else if err != nil {
		return clinic{}, fmt.Errorf("find the clinic %s: %w", slug, err)
	}
	zone, err := time.LoadLocation(row.TimeZone)
	return clinic{DemoClinicRow: row, zone: zone}, err
}
