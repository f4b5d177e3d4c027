package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

const appointmentUsage = `Looks at what was booked.

usage: voxanne appointment verify --phone NUMBER --date YYYY-MM-DD [--org SLUG|ID] [--json]

`

const appointmentVerifyUsage = `Reads from the database what the person with a number has booked, as who called from it or as whose
number it is, the latest first. What is on the date, by the clock where the visit is, and was not
cancelled MATCHES. The exit status is 0 when one does, and 1 when none does.

options:
`

func runAppointment(ctx context.Context, p process, args []string) error {
	return runBelow(ctx, p, "appointment", appointmentUsage, []command{{name: "verify", run: runAppointmentVerify}}, args)
}

// bookings is what was found; it is printed as JSON as it is. No names: who is asked about is known by the number.
type bookings struct {
	Phone        string    `json:"phone"`
	Date         string    `json:"date"`
	Matched      bool      `json:"matched"`
	Appointments []booking `json:"appointments"`
}

type booking struct {
	ID uuid.UUID `json:"id"`
	orgShown
	Service      string    `json:"service"`
	Practitioner string    `json:"practitioner"`
	ScheduledAt  time.Time `json:"scheduled_at"`
	LocalTime    string    `json:"local_time"` // YYYY-MM-DD HH:MM where the visit is
	TimeZone     string    `json:"time_zone"`
	Status       string    `json:"status"`
	Source       string    `json:"source"` // voice or dashboard
	Matches      bool      `json:"matches"`
}

func runAppointmentVerify(ctx context.Context, p process, args []string) error {
	var org string
	var asJSON bool
	found := bookings{Appointments: []booking{}}
	err := parseFlags(p, "appointment verify", appointmentVerifyUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&found.Phone, "phone", "", "the caller's `number`, as +13125550190")
		f.StringVar(&found.Date, "date", "", "the `date` of the visit, as 2026-11-23")
		f.StringVar(&org, "org", "", "only the organisation with this `slug` or id")
		f.BoolVar(&asJSON, "json", false, "print what was found as JSON")
	})
	if err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, found.Date); err != nil || !isE164(found.Phone) {
		return misused(p, "voxanne appointment verify: say --phone as +13125550190 and --date as 2026-11-23")
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.findBookings(ctx, org, &found); err != nil {
		return err
	}
	if err := p.show(asJSON, found, found.print); err != nil {
		return err
	}
	if !found.Matched {
		return errors.New("no appointment matches")
	}
	return nil
}

func (o *operator) findBookings(ctx context.Context, org string, into *bookings) error {
	id, err := o.orgID(ctx, org)
	if err != nil {
		return err
	}
	rows, err := o.owner.CallerAppointments(ctx, into.Date, id, into.Phone)
	if err != nil {
		return unasked("read the appointments", err)
	}
	for _, r := range rows {
		matches := r.OnDate && r.Status != "cancelled"
		into.Matched = into.Matched || matches
		into.Appointments = append(into.Appointments, booking{
			ID: r.ID, orgShown: orgShown{r.OrgID, r.Slug}, Service: r.Service, Practitioner: r.Practitioner, ScheduledAt: r.ScheduledAt.UTC(),
			LocalTime: r.LocalTime, TimeZone: r.TimeZone, Status: r.Status, Source: r.Source, Matches: matches,
		})
	}
	return nil
}

func (b bookings) print(w io.Writer) {
	fmt.Fprintf(w, "Appointments of %s: %d.\n", b.Phone, len(b.Appointments))
	for _, a := range b.Appointments {
		fmt.Fprintf(w, "  %s %s  %-9s  %s with %s, %s", a.LocalTime, a.TimeZone, a.Status, a.Service, a.Practitioner, a.Org)
		if a.Matches {
			fmt.Fprint(w, "  MATCHES TARGET DATE!")
		}
		fmt.Fprintln(w)
	}
}
