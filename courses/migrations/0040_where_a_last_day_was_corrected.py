"""A last day that was counted again without a mistake says so."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0039_remarks_on_checked_files'),
    ]

    operations = [
        migrations.AlterField(
            model_name='subjectrecord',
            name='source',
            field=models.CharField(choices=[('COURSE', 'Course completed here'), ('IMPORT', 'Brought from another system'), ('CERTIFICATE', 'Certificate'), ('EXTERNAL', 'Learned elsewhere and checked'), ('RULE', 'Counted again after a change of rule'), ('CORRECTED', 'Counted again without a mistake')], max_length=11, verbose_name='source'),
        ),
    ]
