package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	clinicsRung = 8 // of sql/chaos/clinics.sql
	// firstNumber and what follows are callers' numbers: +13125552000 to 9999. Each rings a clinic at most once, so that
	// a text's two numbers say whose visit it confirms.
	firstNumber = 2000
	numbers     = 8000
	// mostCallers is for how many a run has numbers and times: every number rings five of the clinics, and the last crowd's
	// time is 157 days ahead, within the 180 that a clinic books.
	mostCallers = 5 * numbers
	// Of every block of callers the last ones are a crowd: all of them ring one clinic for one time of its only specialist.
	block   = 16
	crowd   = 8
	perDay  = 16 // half-hours from 9:00 to 17:00
	maxDays = 60 // for those who are in no crowd
)

// wish is what a caller rings for.
type wish struct {
	clinic   int
	customer string
	service  string
	crowd    int // whose one time it is; 0: nobody else's on purpose
	at       time.Time
}

// wishOf is what the nth caller of a run that began at a time wants. Those in no crowd choose at random.
func wishOf(n int, began time.Time) wish {
	round := n / numbers // of the numbers; in each they ring other clinics
	w := wish{clinic: (n + round) % clinicsRung, customer: fmt.Sprintf("+1312555%04d", firstNumber+n%numbers), service: "Checkup"}
	days, minutes := 1+rand.IntN(maxDays), 15*rand.IntN(31)
	if n%block >= block-crowd {
		gathered := n / block
		w.clinic, w.service, w.crowd = (gathered+round)%clinicsRung, "Scan", 1+gathered
		days, minutes = 1+gathered/perDay, 30*(gathered%perDay)
	}
	day := began.UTC().AddDate(0, 0, days)
	w.at = time.Date(day.Year(), day.Month(), day.Day(), 9, minutes, 0, 0, time.UTC)
	return w
}

// line is the call in which the wish is said.
func (w wish) line(now time.Time) sandbox.Line {
	return sandbox.Line{CallID: uuid.NewString(), Number: clinicNumber(w.clinic), Customer: w.customer, At: now}
}

// booking is the tool call that asks for it, under an id of its own.
func (w wish) booking() sandbox.ToolCall {
	return sandbox.ToolCall{ID: "call-" + uuid.NewString(), Name: "bookClinicAppointment", Arguments: map[string]any{
		"serviceType": w.service, "patientName": "Ann Quillfeather",
		"appointmentDate": w.at.Format(time.DateOnly), "appointmentTime": w.at.Format("15:04")}}
}

// clinicNumber is the telephone number of a clinic of sql/chaos/clinics.sql.
func clinicNumber(clinic int) string { return fmt.Sprintf("+1312555100%d", clinic) }
