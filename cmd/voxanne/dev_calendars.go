package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

// The people of the played calendars. Both are in the zone of the first demo clinic.
const (
	sandboxGooglePerson    = "avery@" + sandboxDomain
	sandboxMicrosoftPerson = "blake@" + sandboxDomain
	sandboxZone            = "America/Chicago"
	sandboxWindowsZone     = "Central Standard Time"
	sandboxClientID        = "sandbox-voxanne"
)

// backend is where the server will be: redirect addresses are registered before it runs.
func (in *instance) backend() string {
	if given := in.given("BACKEND_URL"); given != "" {
		return given
	}
	return "http://localhost:" + in.values["PORT"]
}

// register makes up our app at a played provider and returns its secret.
func (in *instance) register(name string) string {
	secret := in.keep(name+"_CLIENT_SECRET", func() string { return "sandbox-" + rand.Text() })
	in.own = append(in.own, name+"_CLIENT_ID")
	in.values[name+"_CLIENT_ID"], in.values[name+"_CLIENT_SECRET"] = sandboxClientID, secret
	return secret
}

// playGoogle plays Google's calendars, with one person who consents to everything, unless there is an app or an address.
func (in *instance) playGoogle(ctx context.Context) error {
	if in.given("GOOGLE_CLIENT_ID") != "" || in.given("GOOGLE_BASE_URL") != "" {
		return nil
	}
	played := sandbox.NewGoogle(sandboxClientID, in.register("GOOGLE"), in.backend()+server.GoogleCallbackPath)
	if err := fillGoogle(played, time.Now()); err != nil {
		return err
	}
	return in.play(ctx, "google", "GOOGLE_BASE_URL", played)
}

// playMicrosoft plays Outlook's calendars in the same way.
func (in *instance) playMicrosoft(ctx context.Context) error {
	if in.given("MICROSOFT_CLIENT_ID") != "" || in.given("MICROSOFT_GRAPH_URL") != "" {
		return nil
	}
	played := sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: sandboxClientID, ClientSecret: in.register("MICROSOFT"),
		Redirects: []string{in.backend() + server.MicrosoftCallbackPath}})
	played.Deliver(true)
	if err := fillMicrosoft(played, time.Now()); err != nil {
		return err
	}
	if err := in.play(ctx, "microsoft", "MICROSOFT_GRAPH_URL", played); err != nil {
		return err
	}
	in.own = append(in.own, "MICROSOFT_LOGIN_URL")
	in.values["MICROSOFT_LOGIN_URL"] = in.values["MICROSOFT_GRAPH_URL"]
	return nil
}

// wallClock returns moments of a day by its wall clock, counted from the day of now.
func wallClock(now time.Time) (func(day, hour, minute int) time.Time, error) {
	zone, err := time.LoadLocation(sandboxZone)
	if err != nil {
		return nil, fmt.Errorf("load the zone of the played calendars: %w", err)
	}
	year, month, today := now.In(zone).Date()
	return func(day, hour, minute int) time.Time {
		return time.Date(year, month, today+day, hour, minute, 0, 0, zone)
	}, nil
}

// fillGoogle gives a person two calendars: lunch on weekdays, a closed day and a private appointment; a room that is cleaned.
func fillGoogle(played *sandbox.Google, now time.Time) error {
	at, err := wallClock(now)
	if err != nil {
		return err
	}
	moment := func(day, hour, minute int) sandbox.GoogleWhen { return sandbox.At(at(day, hour, minute), "") }
	date := func(day int) sandbox.GoogleWhen { return sandbox.On(at(day, 12, 0).Format(time.DateOnly)) }
	played.AddPerson(sandboxGooglePerson, sandboxZone)
	played.Add(sandboxGooglePerson, sandbox.GoogleEvent{Summary: "Lunch", Start: moment(0, 12, 0), End: moment(0, 13, 0),
		Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}})
	played.Add(sandboxGooglePerson, sandbox.GoogleEvent{Summary: "Closed", Start: date(8), End: date(9)})
	played.Add(sandboxGooglePerson, sandbox.GoogleEvent{Summary: "Dentist, as a patient for once", Start: moment(2, 15, 0), End: moment(2, 16, 0)})
	room := played.AddCalendar(sandboxGooglePerson, "Room 1", sandboxZone)
	played.Add(room, sandbox.GoogleEvent{Summary: "Cleaning", Start: moment(1, 8, 0), End: moment(1, 9, 0)})
	return nil
}

// fillMicrosoft gives another person the like in Outlook.
func fillMicrosoft(played *sandbox.Microsoft, now time.Time) error {
	at, err := wallClock(now)
	if err != nil {
		return err
	}
	mine := played.AddMailbox(sandboxMicrosoftPerson, sandboxZone, sandboxWindowsZone)
	room := played.AddCalendar(sandboxMicrosoftPerson, "Room 2", sandboxMicrosoftPerson, true)
	weekdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	for _, e := range []struct {
		calendar string
		sandbox.OutlookEvent
	}{
		{mine, sandbox.OutlookEvent{Subject: "Lunch", Start: at(0, 12, 0), End: at(0, 13, 0), Zone: sandboxZone,
			Recurrence: &sandbox.OutlookRecurrence{Type: "weekly", Days: weekdays, From: midnight(at(0, 0, 0))}}},
		{mine, sandbox.OutlookEvent{Subject: "Closed", Start: at(9, 0, 0), End: at(10, 0, 0), Zone: sandboxZone, AllDay: true}},
		{mine, sandbox.OutlookEvent{Subject: "School play", Start: at(3, 15, 0), End: at(3, 16, 0), Zone: sandboxZone, Private: true}},
		{room, sandbox.OutlookEvent{Subject: "Cleaning", Start: at(1, 8, 0), End: at(1, 9, 0), Zone: sandboxZone}},
	} {
		if _, err := played.AddEvent(e.calendar, e.OutlookEvent); err != nil {
			return fmt.Errorf("fill the played Outlook calendar: %w", err)
		}
	}
	return nil
}

// midnight is the date as Outlook's patterns have it, without a zone.
func midnight(day time.Time) time.Time {
	year, month, date := day.Date()
	return time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
}
