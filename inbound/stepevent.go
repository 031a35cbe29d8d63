package inbound

import "time"

// stepEvent is a step of the work for an account. The Observer is told of it when it ends. The
// zero value is of a step that nobody is told of.
type stepEvent struct {
	tell func(StepEndedInfo)
	info StepEndedInfo
}

// beginStep begins a step. A nil Observer is told of none.
func (o *Observer) beginStep(a *Account, op Op, folder string) stepEvent {
	if o == nil || o.StepEnded == nil {
		return stepEvent{}
	}
	return stepEvent{o.StepEnded, StepEndedInfo{Account: a.ID, Protocol: a.Protocol, Host: a.Host,
		Folder: folder, Op: op, Began: time.Now()}}
}

// count adds to the messages and bytes of the step.
func (e *stepEvent) count(messages int, bytes int64) {
	e.info.Messages += messages
	e.info.Bytes += bytes
}

// about sets which messages are to be changed on the server. If there are none, nobody is
// told of the step.
func (e *stepEvent) about(refs []Ref) {
	if e.count(len(refs), 0); len(refs) == 0 {
		e.tell = nil
	}
}

// end ends the step.
func (e *stepEvent) end(err error) {
	if e.tell == nil {
		return
	}
	e.info.Took, e.info.Err = time.Since(e.info.Began), err
	e.tell(e.info)
}
