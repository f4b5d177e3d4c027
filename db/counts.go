package db

// Count says how many calls a list has in all its pages, and whether that is an estimate: see app.call_row.
func (r CallListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is as CallListed's.
func (r MessageListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is as CallListed's.
func (r NotificationListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is as CallListed's.
func (r AuditListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many visits fit the list in all.
func (r AppointmentRow) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many tries fit the list in all.
func (r BookingAttemptRow) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many contacts fit the list in all.
func (r ContactRow) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many numbers the list has in all.
func (r PhoneNumberListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many outbound calls fit the list in all.
func (r OutboundCallListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many documents the clinic has in all.
func (r KnowledgeListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many pieces the document has in all.
func (r KnowledgeChunkListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many unanswered questions the list has in all.
func (r KnowledgeGapListed) Count() (total int64, estimate bool) { return r.Total, r.TotalIsEstimate }

// Count is how many feeds are open in all.
func (r ListCalendarFeedsRow) Count() (total int64, estimate bool) { return r.Total, false }

// Count is how many visits stand otherwise in their calendar in all.
func (r ListOutsideChangesRow) Count() (total int64, estimate bool) { return r.Total, false }

// Count is how many visits conflict with their calendar in all.
func (r ListCalendarConflictsRow) Count() (total int64, estimate bool) { return r.Total, false }
