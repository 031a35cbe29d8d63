// Package assign distributes new customers among the managers of a group.
//
// A [Distributor] asks the host's [ManagerDirectory] for the members of the group and
// their [Status]. It considers only the members of the first tier that is not empty:
// those who are Free or, if nobody is, everybody in Lunch, Busy, Break and Offline.
// Among them it takes turns: the next customer goes to the manager whose last turn is
// longest ago. [Turns] stores the turns. Turns are claimed atomically, so that
// several processes distribute customers evenly too. While the eligible managers stay
// the same, no two of them differ by more than one customer.
//
// [Assignments] stores, across restarts, which customers wait for a manager and
// which have one. While nobody in a group is eligible, its customers wait in a
// queue, first in, first out.
package assign
