// SPDX-License-Identifier: GPL-2.0
/*
 * simgpio: the GPIO controller of a Raspberry Pi as far as a program can see it, without a Raspberry Pi.
 *
 * 54 lines under the label and number base of a real chip. Inputs are played from a timer in interrupt context with the
 * moments given, as a reader would make them; outputs are logged with the time they changed. Control files in
 * debugfs, folder simgpio:
 *
 *   play     write  records { u64 ns from now; u32 line; u32 level }, little-endian, in order of time.
 *                   Refused with EBUSY while another train plays.
 *   playing  read   "RUNNING PLAYED LATEST_NS START_NS": is one playing, how many records were, the worst delay of one,
 *                   and when its time began, of CLOCK_MONOTONIC
 *   level    write  "LINE LEVEL": puts a level on an input now
 *   lines    read   54 rows "LINE in|out LEVEL"
 *   log      read   rows "NS LINE 0|1|free" of CLOCK_MONOTONIC, one a change of an output; write: forgets them
 *
 * persist=1 (the default, as Raspberry Pi OS): an output whose program is gone stays an output at its level.
 */
#include <linux/debugfs.h>
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#define LINES 54
#define LOG_ROWS 16384
#define TRAIN_BYTES_MAX (16 << 20)

static char *label = "pinctrl-bcm2711";
module_param(label, charp, 0444);
static int base = 512;
module_param(base, int, 0444);
static bool persist = true;
module_param(persist, bool, 0644);

struct step {
	u64 ns;
	u32 line;
	u32 level;
} __packed;

struct change {
	u64 ns;
	s16 line;
	s16 level; /* -1: freed */
};

struct line {
	u8 pulled;   /* level from outside */
	u8 driven;   /* level of the output */
	u8 is_output;
	u8 listening;
	u8 edges;    /* IRQ_TYPE_EDGE_... */
};

static struct {
	struct gpio_chip chip;
	struct irq_domain *irqs;
	struct platform_device *device;
	struct dentry *dir;
	raw_spinlock_t lock;
	struct line line[LINES];
	struct change log[LOG_ROWS];
	u32 log_rows;
	struct hrtimer timer;
	struct mutex playing; /* one writer of a train at a time */
	struct step *train;
	u32 steps, played;
	ktime_t start;
	u64 latest_ns;
	bool running;
} sim;

static void note(unsigned int offset, int level)
{
	struct change *row;

	if (sim.log_rows == LOG_ROWS)
		return;
	row = &sim.log[sim.log_rows++];
	row->ns = ktime_get_ns();
	row->line = offset;
	row->level = level;
}

/* The chip as the kernel uses it */

static int sim_get_direction(struct gpio_chip *chip, unsigned int offset)
{
	return sim.line[offset].is_output ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int sim_get(struct gpio_chip *chip, unsigned int offset)
{
	struct line *line = &sim.line[offset];

	return line->is_output ? line->driven : line->pulled;
}

static void sim_set(struct gpio_chip *chip, unsigned int offset, int level)
{
	struct line *line = &sim.line[offset];
	unsigned long flags;

	raw_spin_lock_irqsave(&sim.lock, flags);
	if (line->is_output && line->driven != level)
		note(offset, level);
	line->driven = level;
	raw_spin_unlock_irqrestore(&sim.lock, flags);
}

static int sim_output(struct gpio_chip *chip, unsigned int offset, int level)
{
	struct line *line = &sim.line[offset];
	unsigned long flags;

	raw_spin_lock_irqsave(&sim.lock, flags);
	if (!line->is_output || line->driven != level)
		note(offset, level);
	line->is_output = 1;
	line->driven = level;
	raw_spin_unlock_irqrestore(&sim.lock, flags);
	return 0;
}

static int sim_input(struct gpio_chip *chip, unsigned int offset)
{
	struct line *line = &sim.line[offset];
	unsigned long flags;

	raw_spin_lock_irqsave(&sim.lock, flags);
	if (line->is_output)
		note(offset, -1);
	line->is_output = 0;
	raw_spin_unlock_irqrestore(&sim.lock, flags);
	return 0;
}

static void sim_free(struct gpio_chip *chip, unsigned int offset)
{
	if (!persist)
		sim_input(chip, offset);
}

static int sim_config(struct gpio_chip *chip, unsigned int offset, unsigned long config)
{
	switch (pinconf_to_config_param(config)) {
	case PIN_CONFIG_BIAS_DISABLE:
	case PIN_CONFIG_BIAS_PULL_UP:
	case PIN_CONFIG_BIAS_PULL_DOWN:
		return 0;
	default:
		return -ENOTSUPP; /* so debounce is the kernel's own, as on a Raspberry Pi */
	}
}

/* Interrupts */

static void sim_mask(struct irq_data *data)
{
	sim.line[irqd_to_hwirq(data)].listening = 0;
}

static void sim_unmask(struct irq_data *data)
{
	sim.line[irqd_to_hwirq(data)].listening = 1;
}

static void sim_ack(struct irq_data *data)
{
}

static int sim_set_type(struct irq_data *data, unsigned int type)
{
	if (type & ~IRQ_TYPE_EDGE_BOTH)
		return -EINVAL;
	sim.line[irqd_to_hwirq(data)].edges = type;
	return 0;
}

static struct irq_chip sim_irq_chip = {
	.name = "simgpio",
	.irq_ack = sim_ack,
	.irq_mask = sim_mask,
	.irq_unmask = sim_unmask,
	.irq_set_type = sim_set_type,
	.flags = IRQCHIP_SET_TYPE_MASKED,
};

static int sim_map(struct irq_domain *domain, unsigned int irq, irq_hw_number_t offset)
{
	irq_set_chip_and_handler(irq, &sim_irq_chip, handle_edge_irq);
	irq_modify_status(irq, IRQ_NOREQUEST | IRQ_NOAUTOEN, IRQ_NOPROBE);
	return 0;
}

static const struct irq_domain_ops sim_irq_ops = { .map = sim_map };

static int sim_to_irq(struct gpio_chip *chip, unsigned int offset)
{
	return irq_create_mapping(sim.irqs, offset);
}

/* The hand at the terminals */

/* With interrupts off. */
static void pull(u32 offset, u32 level)
{
	struct line *line;
	u8 edge;

	if (offset >= LINES)
		return;
	line = &sim.line[offset];
	if (line->pulled == !!level)
		return;
	line->pulled = !!level;
	edge = level ? IRQ_TYPE_EDGE_RISING : IRQ_TYPE_EDGE_FALLING;
	if (!line->is_output && line->listening && (line->edges & edge))
		generic_handle_domain_irq(sim.irqs, offset);
}

static enum hrtimer_restart sim_tick(struct hrtimer *timer)
{
	while (sim.played < sim.steps) {
		struct step *next = &sim.train[sim.played];
		ktime_t due = ktime_add_ns(sim.start, next->ns);
		s64 late = ktime_to_ns(ktime_sub(ktime_get(), due));

		if (late < 0) {
			hrtimer_set_expires(timer, due);
			return HRTIMER_RESTART;
		}
		if (late > sim.latest_ns)
			sim.latest_ns = late;
		pull(next->line, next->level);
		sim.played++;
	}
	sim.running = false;
	return HRTIMER_NORESTART;
}

/* Takes the train over. */
static int play(struct step *train, u32 steps)
{
	mutex_lock(&sim.playing);
	if (sim.running) {
		mutex_unlock(&sim.playing);
		vfree(train);
		return -EBUSY;
	}
	hrtimer_cancel(&sim.timer);
	vfree(sim.train);
	sim.train = train;
	sim.steps = steps;
	sim.played = 0;
	sim.latest_ns = 0;
	sim.running = true;
	sim.start = ktime_get();
	hrtimer_start(&sim.timer, ktime_add_ns(sim.start, train[0].ns), HRTIMER_MODE_ABS_HARD);
	mutex_unlock(&sim.playing);
	return 0;
}

static ssize_t play_write(struct file *file, const char __user *from, size_t length, loff_t *at)
{
	struct step *train;
	int error;

	if (length < sizeof(*train) || length % sizeof(*train) || length > TRAIN_BYTES_MAX)
		return -EINVAL;
	train = vmalloc(length);
	if (!train)
		return -ENOMEM;
	if (copy_from_user(train, from, length)) {
		vfree(train);
		return -EFAULT;
	}
	error = play(train, length / sizeof(*train));
	return error ? error : length;
}

static const struct file_operations play_file = {
	.owner = THIS_MODULE, .open = simple_open, .write = play_write, .llseek = noop_llseek,
};

static ssize_t level_write(struct file *file, const char __user *from, size_t length, loff_t *at)
{
	char text[32] = { 0 };
	unsigned long flags;
	u32 line, level;

	if (length >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, length))
		return -EFAULT;
	if (sscanf(text, "%u %u", &line, &level) != 2 || line >= LINES)
		return -EINVAL;
	local_irq_save(flags);
	pull(line, level);
	local_irq_restore(flags);
	return length;
}

static const struct file_operations level_file = {
	.owner = THIS_MODULE, .open = simple_open, .write = level_write, .llseek = noop_llseek,
};

static int playing_show(struct seq_file *to, void *unused)
{
	seq_printf(to, "%d %u %llu %llu\n", sim.running, sim.played, sim.latest_ns, ktime_to_ns(sim.start));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(playing);

static int lines_show(struct seq_file *to, void *unused)
{
	u32 offset;

	for (offset = 0; offset < LINES; offset++)
		seq_printf(to, "%u %s %d\n", offset, sim.line[offset].is_output ? "out" : "in", sim_get(NULL, offset));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(lines);

static int log_show(struct seq_file *to, void *unused)
{
	u32 row;

	for (row = 0; row < sim.log_rows; row++) {
		struct change *is = &sim.log[row];

		if (is->level < 0)
			seq_printf(to, "%llu %d free\n", is->ns, is->line);
		else
			seq_printf(to, "%llu %d %d\n", is->ns, is->line, is->level);
	}
	return 0;
}

static int log_open(struct inode *inode, struct file *file)
{
	return single_open(file, log_show, NULL);
}

static ssize_t log_write(struct file *file, const char __user *from, size_t length, loff_t *at)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&sim.lock, flags);
	sim.log_rows = 0;
	raw_spin_unlock_irqrestore(&sim.lock, flags);
	return length;
}

static const struct file_operations log_file = {
	.owner = THIS_MODULE, .open = log_open, .read = seq_read, .write = log_write, .llseek = seq_lseek,
	.release = single_release,
};

static int __init sim_init(void)
{
	int offset, error;

	raw_spin_lock_init(&sim.lock);
	mutex_init(&sim.playing);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(&sim.timer, sim_tick, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
#else
	hrtimer_init(&sim.timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	sim.timer.function = sim_tick;
#endif
	/* Nothing is wired: pull-ups win, as the driver asks for them. */
	for (offset = 0; offset < LINES; offset++)
		sim.line[offset].pulled = 1;
	sim.device = platform_device_register_simple("simgpio", -1, NULL, 0);
	if (IS_ERR(sim.device))
		return PTR_ERR(sim.device);
	sim.irqs = irq_domain_create_linear(NULL, LINES, &sim_irq_ops, NULL);
	if (!sim.irqs) {
		platform_device_unregister(sim.device);
		return -ENOMEM;
	}
	sim.chip = (struct gpio_chip) {
		.label = label, .parent = &sim.device->dev, .owner = THIS_MODULE, .base = base, .ngpio = LINES,
		.get_direction = sim_get_direction, .get = sim_get, .set = sim_set, .free = sim_free,
		.direction_input = sim_input, .direction_output = sim_output, .set_config = sim_config,
		.to_irq = sim_to_irq,
	};
	error = gpiochip_add_data(&sim.chip, &sim);
	if (error) {
		irq_domain_remove(sim.irqs);
		platform_device_unregister(sim.device);
		return error;
	}
	sim.dir = debugfs_create_dir("simgpio", NULL);
	debugfs_create_file("play", 0200, sim.dir, NULL, &play_file);
	debugfs_create_file("playing", 0400, sim.dir, NULL, &playing_fops);
	debugfs_create_file("level", 0200, sim.dir, NULL, &level_file);
	debugfs_create_file("lines", 0400, sim.dir, NULL, &lines_fops);
	debugfs_create_file("log", 0600, sim.dir, NULL, &log_file);
	return 0;
}
module_init(sim_init);

/* The guest never unloads it. */
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("GPIO controller of a Raspberry Pi, simulated");
