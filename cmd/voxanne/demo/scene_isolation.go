package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
)

// otherClinic lets somebody call Harbor, so that there is something to tell apart.
func (p *play) otherClinic(ctx context.Context) error {
	number, err := p.newNumber(ctx, londonNumbers)
	if err != nil {
		return err
	}
	ph := p.ring(p.harbor, "Hugo Quillham", number)
	p.heading("%s calls %s from %s", ph.name, p.harbor.Name, number)
	if err := p.greeted(ctx, ph, p.harbor); err != nil {
		return err
	}
	var service string
	var free []time.Time
	err = p.database.AsTenant(ctx, p.harbor.ID, func(tx db.Tx) error {
		cards, err := tx.ServiceCards(ctx)
		if err != nil || len(cards) == 0 {
			return err
		}
		service = cards[0].Name
		free, err = starts(ctx, tx, service, "")
		return err
	})
	if err != nil {
		return err
	}
	if len(free) == 0 {
		return errNoDay
	}
	ph.says("%s on %s please. I am %s.", service, spoken.SayTime(free[0], p.harbor.zone), ph.name)
	_, booked, err := ph.ask(ctx, "bookClinicAppointment", ph.booking(service, "", free[0].In(p.harbor.zone)))
	if err != nil {
		return err
	}
	visits, err := ph.visits(ctx)
	if err != nil {
		return err
	}
	p.promise(booked.Error == "" && len(visits) == 1 && visits[0].Clinic == p.harbor.Name, "The visit is "+p.harbor.Name+"'s", booked.Text(), visits)
	return nil
}

// isolation looks through the eyes of both clinics' members.
func (p *play) isolation(ctx context.Context) error {
	p.heading("What the clinics' own people see")
	for _, eyes := range []struct{ own, other clinic }{{p.lakeside, p.harbor}, {p.harbor, p.lakeside}} {
		if err := p.sees(ctx, eyes.own, eyes.other); err != nil {
			return err
		}
		if err := p.signedIn(ctx, eyes.own, eyes.other); err != nil {
			return err
		}
	}
	return nil
}

// sees counts rows in a transaction of one clinic's member, as the dashboard's requests run.
func (p *play) sees(ctx context.Context, own, other clinic) error {
	claims, err := json.Marshal(map[string]any{"sub": own.Member, "app_metadata": map[string]any{"org_id": own.ID}})
	if err != nil {
		return err
	}
	return p.database.AsUser(ctx, claims, func(tx db.Tx, _ db.Member) error {
		sight, err := tx.DashboardSight(ctx, own.ID)
		if err != nil {
			return err
		}
		blind, leaks := 0, 0
		for _, table := range sight {
			p.line("", fmt.Sprintf("%-17s %4d own, %d of others", table.Name, table.Own, table.Others))
			if table.Own == 0 {
				blind++
			}
			leaks += int(table.Others)
		}
		p.promise(len(sight) > 0 && blind == 0 && leaks == 0,
			fmt.Sprintf("%s sees its own rows in every table, and none of %s", own.Name, other.Name), sight)
		return nil
	})
}

// signedIn asks over HTTP with a member's token, for the own clinic and for the other.
func (p *play) signedIn(ctx context.Context, own, other clinic) error {
	desk, err := p.signIn(own)
	if err != nil {
		return err
	}
	in, err := desk.ask(ctx, http.MethodGet, "/api/orgs/validate/"+own.ID.String(), nil)
	if err != nil {
		return err
	}
	out, err := desk.ask(ctx, http.MethodGet, "/api/orgs/validate/"+other.ID.String(), nil)
	if err != nil {
		return err
	}
	p.promise(in.status == http.StatusOK && out.status == http.StatusForbidden,
		fmt.Sprintf("The API lets %s in to its own organization (200) and not to the other (403)", own.Name), in, out)
	return nil
}
