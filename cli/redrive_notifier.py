"""`rowrelay redrive notifier`: mails that SES refused for good go back to the retry queue."""

from operations.mail_messages import MailLetters, NotifierWork
from operations.stack import find_stack

from .decision import Options
from .discard import Discard
from .redrive import Redrive, Work


def run_redrive_notifier(stack_name: str | None, options: Options) -> bool:
    """Send them again, or discard what is no mail; gives whether no letter of these stays."""
    stack = find_stack(stack_name)
    work = NotifierWork(MailLetters.of(stack))
    chosen: Work = Discard(work) if options.discard else work
    return Redrive(stack.client("sqs"), stack.outputs["notifier_failure_queue_url"], chosen, options).run()
