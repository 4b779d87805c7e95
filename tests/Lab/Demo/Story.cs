using ConfidentialOperator.Lab.Demo.Chapters;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>The chapters in order.</summary>
internal static class Story
{
    public static async Task TellAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        await SealingChapter.TellAsync(stage, telling, cancellationToken);
        await ClusterChapter.TellAsync(stage, telling, cancellationToken);
        await VerifyChapter.TellAsync(stage, telling, cancellationToken);
        await AnswerChapter.TellAsync(stage, telling, cancellationToken);
        await AttackChapter.TellAsync(stage, telling, cancellationToken);
        await AuditChapter.TellAsync(stage, telling, cancellationToken);
    }
}
