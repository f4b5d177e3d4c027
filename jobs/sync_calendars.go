package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
)

const (
	// calendarQueue has workers of its own: they wait for providers, and a calendar that is down must keep nothing else waiting.
	calendarQueue = "calendars"
	// calendarWorkers mostly wait for answers, without a connection of db's pool. Sixteen were all taken by three clinics whose
	// calendars took five seconds an answer, and others' events came 13 seconds late (cmd/bench -only calendars).
	calendarWorkers = 64
	// calendarGrace is how much longer a job may take than the work in it, which ends by itself and gives its lease back.
	calendarGrace      = 10 * time.Second
	tendCalendarsEvery = time.Minute
	// tendTimeout bounds a round of looking; the next one comes a minute later.
	tendTimeout = 50 * time.Second
	// askOnce is how long one job that a round asked for keeps another from being asked for, also when its worker died.
	askOnce = 5 * time.Minute
)

// SyncCalendarEvent makes the events of a visit in outside calendars what the visit is. app.wish_calendar_event,
// app.settle_calendar_event and app.resume_calendars put it in, and TendCalendars what was lost.
type SyncCalendarEvent struct {
	OrgID         uuid.UUID `json:"org_id"`
	AppointmentID uuid.UUID `json:"appointment_id"`
}

// Kind is the job's name in app.enqueue_job.
func (SyncCalendarEvent) Kind() string { return "sync_calendar_event" }

// InsertOpts: after the pulls, as in app.enqueue_job.
func (SyncCalendarEvent) InsertOpts() river.InsertOpts { return calendarOpts(2) }

// PullCalendar reads an outside calendar. app.request_pull puts it in, and TendCalendars what is due.
type PullCalendar struct {
	OrgID          uuid.UUID `json:"org_id"`
	CalendarLinkID uuid.UUID `json:"calendar_link_id"`
}

// Kind is the job's name in app.enqueue_job.
func (PullCalendar) Kind() string { return "pull_calendar" }

// InsertOpts: before the writes.
func (PullCalendar) InsertOpts() river.InsertOpts { return calendarOpts(1) }

// WatchCalendar opens or renews a calendar's push channel. app.link_calendar and app.resume_calendars put it in, and
// TendCalendars what is due.
type WatchCalendar struct {
	OrgID          uuid.UUID `json:"org_id"`
	CalendarLinkID uuid.UUID `json:"calendar_link_id"`
}

// Kind is the job's name in app.enqueue_job.
func (WatchCalendar) Kind() string { return "watch_calendar" }

// InsertOpts: before the writes.
func (WatchCalendar) InsertOpts() river.InsertOpts { return calendarOpts(1) }

// calendarOpts: one at a time for each visit or calendar, as far as rounds ask.
func calendarOpts(priority int) river.InsertOpts {
	return river.InsertOpts{Queue: calendarQueue, Priority: priority, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{
		ByArgs: true, ByPeriod: askOnce, ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending,
			rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled},
	}}
}

// TendCalendars looks for calendars that are due to be read, channels that are to be renewed, and events whose job was lost.
type TendCalendars struct{}

// Kind is the job's name.
func (TendCalendars) Kind() string { return "tend_calendars" }

func tendCalendarsMinutely() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(tendCalendarsEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return TendCalendars{}, &river.InsertOpts{Queue: calendarQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: tendCalendarsEvery}}
		},
		&river.PeriodicJobOpts{ID: "tend_calendars", RunOnStart: true})
}

type syncCalendarEvent struct {
	river.WorkerDefaults[SyncCalendarEvent]
	calendars *calendarsync.Syncer
}

func (*syncCalendarEvent) Timeout(*river.Job[SyncCalendarEvent]) time.Duration {
	return calendarsync.EventTime + calendarGrace
}

// Work writes when it is the account's turn at its provider; until then it holds no worker.
func (w *syncCalendarEvent) Work(ctx context.Context, job *river.Job[SyncCalendarEvent]) error {
	wait, err := w.calendars.Turn(ctx, job.Args.OrgID, job.Args.AppointmentID)
	if err != nil {
		return err
	}
	if wait > 0 {
		return river.JobSnooze(wait)
	}
	return w.calendars.SyncEvent(ctx, job.Args.OrgID, job.Args.AppointmentID)
}

type pullCalendar struct {
	river.WorkerDefaults[PullCalendar]
	calendars *calendarsync.Syncer
}

func (*pullCalendar) Timeout(*river.Job[PullCalendar]) time.Duration {
	return calendarsync.PullTime + calendarGrace
}

func (w *pullCalendar) Work(ctx context.Context, job *river.Job[PullCalendar]) error {
	return w.calendars.Pull(ctx, job.Args.OrgID, job.Args.CalendarLinkID)
}

type watchCalendar struct {
	river.WorkerDefaults[WatchCalendar]
	calendars *calendarsync.Syncer
}

func (*watchCalendar) Timeout(*river.Job[WatchCalendar]) time.Duration {
	return calendarsync.WatchTime + calendarGrace
}

func (w *watchCalendar) Work(ctx context.Context, job *river.Job[WatchCalendar]) error {
	return w.calendars.Watch(ctx, job.Args.OrgID, job.Args.CalendarLinkID)
}

type tendCalendars struct {
	river.WorkerDefaults[TendCalendars]
	calendars *calendarsync.Syncer
}

func (*tendCalendars) Timeout(*river.Job[TendCalendars]) time.Duration { return tendTimeout }

// Work asks for what is due; the next minute's run does what this one fails at.
func (w *tendCalendars) Work(ctx context.Context, _ *river.Job[TendCalendars]) error {
	client, err := river.ClientFromContextSafely[pgx.Tx](ctx)
	if err != nil {
		return fmt.Errorf("find the queue's client: %w", err)
	}
	return w.calendars.Tend(ctx, func(ctx context.Context, due calendarsync.Due) error {
		_, err := client.InsertMany(ctx, calendarJobs(due))
		return err
	})
}

// calendarJobs are the jobs for what is due.
func calendarJobs(due calendarsync.Due) []river.InsertManyParams {
	var asked []river.InsertManyParams
	ask := func(refs []db.CalendarRef, args func(db.CalendarRef) river.JobArgs) {
		for _, ref := range refs {
			asked = append(asked, river.InsertManyParams{Args: args(ref)})
		}
	}
	ask(due.Pulls, func(r db.CalendarRef) river.JobArgs { return PullCalendar{OrgID: r.OrgID, CalendarLinkID: r.ID} })
	ask(due.Channels, func(r db.CalendarRef) river.JobArgs { return WatchCalendar{OrgID: r.OrgID, CalendarLinkID: r.ID} })
	ask(due.Events, func(r db.CalendarRef) river.JobArgs { return SyncCalendarEvent{OrgID: r.OrgID, AppointmentID: r.ID} })
	return asked
}
