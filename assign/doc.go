// Package assign shares new customers out among the managers of a group.
//
// A [Distributor] asks the host's [ManagerDirectory] who is in the group and
// what each one's [Status] is, keeps the best tier that has anybody (Free; if
// none, everybody in Lunch, Busy, Break and Offline), and takes turns within it:
// whoever was assigned longest ago comes next. The memory of turns is [Turns];
// it is claimed atomically, so that several processes share out evenly too.
// While the eligible managers stay the same, no two of them differ by more than
// one customer.
//
// [Assignments] remembers how far each customer has come on the way to a manager,
// across restarts. A group in which nobody is eligible leaves its customers in its
// queue, first in first out, until somebody appears.
package assign
