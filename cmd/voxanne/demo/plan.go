package demo

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/voxanne-ai/voxanne/db"
)

// plan is when and with whom the play books: a service that several give, and a
// day on which one of them is free early and all of them are free later.
type plan struct {
	service       string
	practitioners []string
	day           time.Time // local midnight
	start         time.Time // the first free start of practitioners[0]
	rush          time.Time // a start at which every practitioner is free
}

const (
	planDays = 60 // app.available_slots answers for at most 62 days
	// rushGap keeps the rush clear of the first visits and of what the second caller is offered instead.
	rushGap = 3 * time.Hour
)

// errNoDay says that the clinic's calendar is too full to play in.
var errNoDay = errors.New("no day of the next sixty has the room this play needs: free some, or seed a fresh database")

// choose asks the calendar itself, as the clinic, which day there is.
func (p *play) choose(ctx context.Context, c clinic) (plan, error) {
	var chosen plan
	err := p.database.AsTenant(ctx, c.ID, func(tx db.Tx) error {
		cards, err := tx.ServiceCards(ctx)
		if err != nil {
			return err
		}
		for _, card := range cards {
			if len(card.Practitioners) > len(chosen.practitioners) {
				chosen.service, chosen.practitioners = card.Name, card.Practitioners
			}
		}
		if len(chosen.practitioners) < 2 {
			return errors.New("the play needs a service that two practitioners give")
		}
		free := make([][]time.Time, len(chosen.practitioners))
		for i, name := range chosen.practitioners {
			if free[i], err = starts(ctx, tx, chosen.service, name); err != nil {
				return err
			}
		}
		return chosen.pick(free, c.zone)
	})
	return chosen, err
}

// starts are the free starts of one practitioner, or of any when name is empty.
func starts(ctx context.Context, tx db.Tx, service, name string) ([]time.Time, error) {
	// From now on, and pick leaves out today: a window that began in the middle of a day would hide that day's first start.
	from := time.Now()
	slots, err := tx.AvailableSlots(ctx, db.AvailableSlotsParams{
		Service: service, FromAt: from, ToAt: from.AddDate(0, 0, planDays), Resource: &name, MaxRows: 5000})
	found := make([]time.Time, len(slots))
	for i, slot := range slots {
		found[i] = slot.StartsAt
	}
	return found, err
}

// pick finds the first day that serves; free[i] are the sorted starts of practitioner i.
func (pl *plan) pick(free [][]time.Time, zone *time.Location) error {
	for _, early := range free[0] {
		day := midnight(early, zone)
		if day.Equal(pl.day) || early.Before(day.Add(time.Hour)) || day.Before(time.Now()) {
			continue
		}
		pl.day, pl.start = day, early
		for _, late := range free[0] {
			if late.Before(early.Add(rushGap)) || !midnight(late, zone).Equal(day) {
				continue
			}
			if !slices.ContainsFunc(free, func(of []time.Time) bool { return !slices.ContainsFunc(of, late.Equal) }) {
				pl.rush = late
			}
		}
		if !pl.rush.IsZero() {
			return nil
		}
	}
	return errNoDay
}

func midnight(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
}
